package dev.flakerelay.local.http;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.webhook.Intake;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The endpoint on one machine: the {@link Intake} behind Jetty. A connection that waits for its
 * client has no thread, and little memory; how many there are, how long they may take and how much
 * memory their bodies have is decided by {@link Places}.
 */
public final class WebhookServer implements AutoCloseable {
  /** Jetty tells at INFO that it starts and stops. Kept, or the level would be forgotten. */
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  /** How many answers are worked on side by side, most of which wait for the disk. */
  private static final int THREADS = 64;

  private static final int LONGEST_HEADERS = 16 * 1024;
  private static final int ACCEPT_QUEUE = 1024;
  private static final Duration SWEEP = Duration.ofSeconds(1);

  /** A client that still sends when the server stops has this time. */
  private static final Duration BODY_GRACE = Duration.ofSeconds(5);

  private static final Duration ANSWER_GRACE = Duration.ofSeconds(30);

  private final EventLog log;
  private final String host;
  private final Server server;
  private final ServerConnector connector;
  private final Places places;
  private int port;
  private boolean closed;

  private WebhookServer(EventLog log, String host, Server server, Places places) {
    this.log = log;
    this.host = host;
    this.server = server;
    // No thread that accepts: interrupted at the end, it would leave its last connection open.
    this.connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(http()));
    this.places = places;
  }

  /**
   * Starts to accept.
   *
   * @throws IOException if the port can't be had, for example because it is in use
   */
  public static WebhookServer start(Endpoint endpoint, Intake intake, EventLog log)
      throws IOException {
    return start(endpoint, () -> intake, _ -> {}, log);
  }

  /**
   * The same for an intake that may be replaced.
   *
   * @param intake asked for anew with each request
   * @param answered told the HTTP status of each answer, health checks left out
   */
  public static WebhookServer start(
      Endpoint endpoint, Supplier<Intake> intake, IntConsumer answered, EventLog log)
      throws IOException {
    JETTY.setLevel(Level.WARNING);
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
    threads.setName("http");
    threads.setDaemon(true);
    Server jetty = new Server(threads);
    Places places = new Places(log);
    WebhookServer server = new WebhookServer(log, endpoint.host(), jetty, places);
    ClientAddress clients = new ClientAddress(endpoint.trustedProxies());
    jetty.setHandler(new DeliveryHandler(intake, answered, log, places, clients));
    jetty.setErrorHandler(new HttpErrors());
    server.listen(endpoint);
    return server;
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(LONGEST_HEADERS);
    // Paths are compared, and lead to no file: whatever is no path of ours is not found.
    http.setUriCompliance(UriCompliance.UNSAFE);
    return http;
  }

  private void listen(Endpoint endpoint) throws IOException {
    connector.setHost(endpoint.host());
    connector.setPort(endpoint.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    // Places closes what is idle.
    connector.setIdleTimeout(0);
    connector.addBean(places);
    server.addConnector(connector);
    boolean started = false;
    try {
      open();
      server.start();
      port = connector.getLocalPort();
      started = true;
      sweep(connector.getScheduler());
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (!started) {
        stop();
      }
    }
  }

  /** Jetty's own exception names the address, the one behind it the reason. */
  private void open() throws IOException {
    try {
      connector.open();
    } catch (IOException e) {
      throw e.getCause() instanceof BindException why ? why : e;
    }
  }

  private void sweep(Scheduler scheduler) {
    places.sweep();
    var _ = scheduler.schedule(() -> sweep(scheduler), SWEEP.toMillis(), MILLISECONDS);
  }

  /** Where deliveries are posted to. */
  public URI url() {
    String authority = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + authority + ":" + port + Intake.WEBHOOK_PATH);
  }

  /** Accepts no more, answers what is in hand (within 30 s), then closes all connections. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    refuse();
    try {
      if (!places.drain(BODY_GRACE, ANSWER_GRACE)) {
        log.warn("stop", Map.of("error", "a delivery in hand was not answered in time, closed it"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stop();
  }

  private void refuse() {
    try {
      if (connector.getTransport() instanceof ServerSocketChannel listening) {
        listening.close();
      }
    } catch (IOException e) {
      log.warn("stop", Map.of("error", String.valueOf(e.getMessage())));
    }
    // Wakes the selector, which closes what it still listens on.
    connector.setAccepting(false);
  }

  private void stop() {
    try {
      server.stop();
    } catch (Exception e) {
      log.warn("stop", Map.of("error", String.valueOf(e.getMessage())));
    }
  }
}
