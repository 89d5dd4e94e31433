package dev.flakerelay.support;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium without a window and one page in it, by the Chrome DevTools Protocol. */
public final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final TimeUnit SECONDS = TimeUnit.SECONDS;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

  private Browser(Path folder) throws Exception {
    Path profile = folder.resolve("browser");
    ProcessBuilder builder =
        new ProcessBuilder(
            "chromium",
            "--headless=new",
            "--no-sandbox", // which root may not have, and many containers can't
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--no-proxy-server",
            "--user-data-dir=" + profile,
            "--remote-debugging-port=0",
            "about:blank");
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("TMPDIR", folder.toString());
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("browser.log").toFile())
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    Await.until(PATIENCE, () -> Files.exists(port) || !process.isAlive());
    Await.until(PATIENCE, () -> !lines(port).isEmpty());
    URI list = URI.create("http://127.0.0.1:" + lines(port).getFirst() + "/json/list");
    String pages =
        client
            .send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    String page = JsonMapper.shared().readTree(pages).at("/0/webSocketDebuggerUrl").asString();
    socket =
        client.newWebSocketBuilder().buildAsync(URI.create(page), new Reader()).get(60, SECONDS);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Starts Chromium, or skips the test where there is none.
   *
   * @param folder for its profile
   */
  public static Browser start(Path folder) throws Exception {
    Programs.need("chromium");
    return new Browser(folder);
  }

  /** Puts the parts of a message together, and hands each answer to who waits for it. */
  private final class Reader implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonNode message = JsonMapper.shared().readTree(text.toString());
        text.setLength(0);
        CompletableFuture<JsonNode> waiting = answers.remove(message.path("id").asInt(0));
        if (waiting != null) {
          waiting.complete(message);
        }
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    int id = calls.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    String message =
        JsonMapper.shared()
            .writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
    socket.sendText(message, true).get(60, SECONDS);
    JsonNode answered = answer.get(PATIENCE.toSeconds(), SECONDS);
    if (answered.has("error")) {
      throw new AssertionError(method + ": " + answered.path("error"));
    }
    return answered.path("result");
  }

  /** Opens a page and waits until all of it is there. */
  public void open(URI url) throws Exception {
    call("Page.navigate", Map.of("url", url.toString()));
    await("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  /** The value of an expression in JavaScript. */
  public JsonNode evaluate(String expression) throws Exception {
    JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result);
    }
    return result.path("result").path("value");
  }

  /** Waits until an expression is true. */
  public void await(String expression) {
    Await.until(
        PATIENCE,
        () -> {
          try {
            return evaluate(expression).asBoolean(false);
          } catch (AssertionError e) {
            return false; // the page is just being replaced
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** What a reader sees, as text. */
  public String text() throws Exception {
    return evaluate("document.body.innerText").asString();
  }

  /** Whether pages may run scripts. */
  public void scripts(boolean allowed) throws Exception {
    call("Emulation.setScriptExecutionDisabled", Map.of("value", !allowed));
  }

  /** What the reader prefers, {@code light} or {@code dark}. */
  public void scheme(String scheme) throws Exception {
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** The window's size in CSS pixels. */
  public void size(int width, int height) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Presses Tab or Enter. */
  public void press(String key) throws Exception {
    Map<String, Object> down =
        new HashMap<>(
            Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", code(key)));
    if (key.equals("Enter")) {
      down.put("text", "\r"); // without it, no form is sent
    }
    call("Input.dispatchKeyEvent", down);
    down.remove("text");
    down.put("type", "keyUp");
    call("Input.dispatchKeyEvent", down);
  }

  private static int code(String key) {
    return switch (key) {
      case "Tab" -> 9;
      case "Enter" -> 13;
      default -> throw new IllegalArgumentException(key);
    };
  }

  /** What the window shows, as PNG. */
  public byte[] screenshot() throws Exception {
    call("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    String data = call("Page.captureScreenshot", Map.of("format", "png")).path("data").asString();
    call("Emulation.setScrollbarsHidden", Map.of("hidden", false));
    return Base64.getDecoder().decode(data);
  }

  @Override
  public void close() {
    socket.abort();
    client.close();
    Programs.kill(
        Stream.concat(process.toHandle().descendants(), Stream.of(process.toHandle())).toList());
  }
}
