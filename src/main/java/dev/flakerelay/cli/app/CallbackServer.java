package dev.flakerelay.cli.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flakerelay.PermanentException;
import dev.flakerelay.forge.github.AppManifest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * The page on this machine that a browser begins at, and comes back to with the App's code. Whoever
 * else uses the machine knows neither the page's path nor the state, and can't pass an App of their
 * own off as the one that is being made.
 */
final class CallbackServer implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";
  private static final String CALLBACK = "/created";
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_-]{1,200}");

  private final HttpServer server;
  private final AppManifest manifest;
  private final String start = "/" + random(16);
  private final String state = random(16);
  private final CompletableFuture<String> code = new CompletableFuture<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private CallbackServer(HttpServer server, AppManifest manifest) {
    this.server = server;
    this.manifest = manifest;
  }

  /**
   * Starts it.
   *
   * @param port 0: a free one
   * @throws PermanentException if it can't be had
   */
  static CallbackServer start(int port, AppManifest manifest) throws PermanentException {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      CallbackServer callback = new CallbackServer(server, manifest);
      server.setExecutor(callback.threads);
      server.createContext("/", callback::answer);
      server.start();
      return callback;
    } catch (IOException | IllegalArgumentException e) {
      throw new PermanentException(
          "could not use port " + port + " of this machine: " + e.getMessage() + ": name another");
    }
  }

  /** So many random bytes as hex digits. */
  static String random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** The page to open. */
  URI page() {
    return at(start);
  }

  private URI at(String path) {
    return URI.create("http://" + ADDRESS + ":" + server.getAddress().getPort() + path);
  }

  /** Waits for the App's code; empty if none has come. */
  Optional<String> code(Duration longest) throws InterruptedException {
    try {
      return Optional.of(code.get(longest.toSeconds(), TimeUnit.SECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("it is only ever completed", e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI asked = exchange.getRequestURI();
      String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
      if (!host.equals(page().getAuthority())) {
        // The name of somebody else's page may lead here.
        send(exchange, 421, "This is not the page of that host.");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, 405, "This page is only read.");
      } else if (isEqual(asked.getPath(), start)) {
        send(exchange, 200, form());
      } else if (asked.getPath().equals(CALLBACK)) {
        take(exchange, String.valueOf(asked.getRawQuery()));
      } else {
        send(exchange, 404, "There is nothing here: open the page that the command has printed.");
      }
    }
  }

  private void take(HttpExchange exchange, String query) throws IOException {
    String given = value(query, "code");
    if (!isEqual(value(query, "state"), state)) {
      send(exchange, 403, "This is not the answer to the page that the command has printed.");
    } else if (!CODE.matcher(given).matches()) {
      send(exchange, 400, "GitHub has sent no code: begin again.");
    } else if (code.isDone()) {
      send(exchange, 410, "The App is made already: go back to the terminal.");
    } else {
      send(exchange, 200, "The App is made: go back to the terminal.");
      code.complete(given);
    }
  }

  private static String value(String query, String name) {
    return Arrays.stream(query.split("&", -1))
        .filter(each -> each.startsWith(name + "="))
        .map(each -> each.substring(name.length() + 1))
        .findFirst()
        .orElse("");
  }

  private static boolean isEqual(String given, String secret) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
  }

  private String form() {
    return """
    <form method="post" action="%s">
    <input type="hidden" name="manifest" value="%s">
    <button>Make the App on %s</button>
    </form>\
    """
        .formatted(manifest.page(state), escaped(manifest.json(at(CALLBACK))), manifest.host());
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
  }

  private void send(HttpExchange exchange, int status, String content) throws IOException {
    byte[] page =
        ("<!DOCTYPE html><meta charset=\"utf-8\"><title>flake-relay</title>" + content + "\n")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange
        .getResponseHeaders()
        .set(
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'; form-action https://" + manifest.host());
    exchange.sendResponseHeaders(status, page.length);
    exchange.getResponseBody().write(page);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
