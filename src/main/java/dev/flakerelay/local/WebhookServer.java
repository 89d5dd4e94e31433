package dev.flakerelay.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flakerelay.EventLog;
import dev.flakerelay.webhook.Answer;
import dev.flakerelay.webhook.Intake;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The endpoint on one machine: the {@link Intake} behind the JDK's HTTP server, a virtual thread
 * for each request. Slow, silent and greedy clients are bounded in time, number and memory.
 *
 * <p>The bounds in time and number are system properties (Java SE API, "Module jdk.httpserver"),
 * which the JDK reads when the JVM makes its first server. They are set when this class is loaded,
 * unless the command line set them; {@code maxReqTime} and {@code maxRspTime} are seconds, though
 * the page says milliseconds. A request that is not HTTP is answered by the JDK itself.
 */
public final class WebhookServer implements AutoCloseable {
  private static final Map<String, String> BOUNDS =
      Map.of(
          "sun.net.httpserver.maxReqTime", "20",
          "sun.net.httpserver.maxRspTime", "60",
          "sun.net.httpserver.idleInterval", "30",
          "jdk.httpserver.maxConnections", "500",
          "sun.net.httpserver.maxReqHeaderSize", "65536",
          "sun.net.httpserver.nodelay", "true");

  static {
    BOUNDS.forEach((name, value) -> System.getProperties().putIfAbsent(name, value));
  }

  private static final int GRACE_SECONDS = 30;

  private final Intake intake;
  private final EventLog log;
  private final String host;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final RequestReader requests = new RequestReader();

  /** One party for each request that is being answered, and one for the server itself. */
  private final Phaser inHand = new Phaser(1);

  private boolean closed;

  private WebhookServer(Intake intake, EventLog log, String host, HttpServer server) {
    this.intake = intake;
    this.log = log;
    this.host = host;
    this.server = server;
  }

  /**
   * Starts to accept.
   *
   * @param host a name or address of this machine; {@code 0.0.0.0} for all of them
   * @param port 0 for a free one
   * @throws IOException if the port can't be had, for example because it is in use
   */
  public static WebhookServer start(String host, int port, Intake intake, EventLog log)
      throws IOException {
    HttpServer http = HttpServer.create(new InetSocketAddress(host, port), 0);
    WebhookServer server = new WebhookServer(intake, log, host, http);
    http.setExecutor(server.threads);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /** Where deliveries are posted to. */
  public URI url() {
    String authority = host.contains(":") ? "[" + host + "]" : host;
    return URI.create(
        "http://" + authority + ":" + server.getAddress().getPort() + Intake.WEBHOOK_PATH);
  }

  private void handle(HttpExchange exchange) throws IOException {
    inHand.register();
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (IOException e) {
        log.warn("delivery", Map.of("error", "the client did not send the whole request"));
        throw e;
      }
      answer.writeTo(log);
      send(exchange, answer);
    } finally {
      inHand.arriveAndDeregister();
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    return requests.read(exchange, intake::answer).orElseGet(Answer::busy);
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.json();
    exchange.getResponseHeaders().set("Content-Type", Answer.CONTENT_TYPE);
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    OutputStream out = exchange.getResponseBody();
    out.write(body);
    out.flush();
    RequestReader.discardRest(exchange.getRequestBody());
  }

  /**
   * Accepts no more, answers what is in hand (within 30 s), then closes all connections.
   *
   * <p>The JDK's own waiting is cut short: a client that hung up before it had its answer stays
   * counted as in hand for as long as the server lives, and every stop would take the full time.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Thread stop = Thread.ofPlatform().name("stop").start(() -> server.stop(GRACE_SECONDS));
    try {
      inHand.awaitAdvanceInterruptibly(
          inHand.arriveAndDeregister(), GRACE_SECONDS, TimeUnit.SECONDS);
      stop.interrupt();
      stop.join();
    } catch (InterruptedException e) {
      stop.interrupt();
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      log.warn("stop", Map.of("error", "a delivery in hand was not answered in time, closed it"));
      stop.interrupt();
    }
    threads.shutdownNow();
  }
}
