package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.StatusMonitor;
import dev.flakerelay.log.EventLog;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.util.Map;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Listens on the admin address, with threads of its own: no flood of deliveries gets in its way.
 */
public final class AdminServer implements AutoCloseable {
  private static final int THREADS = 12;
  private static final int IDLE_MILLIS = 10_000;
  private static final int LONGEST_HEADERS = 16 * 1024;

  private final EventLog log;
  private final Server server;
  private final URI url;

  private AdminServer(EventLog log, Server server, URI url) {
    this.log = log;
    this.server = server;
    this.url = url;
  }

  /**
   * Starts to accept.
   *
   * @throws AdminUnavailableException if the address can't be had
   */
  public static AdminServer start(
      AdminAddress address,
      StatusMonitor monitor,
      Metrics metrics,
      Retry retry,
      FormToken token,
      EventLog log)
      throws IOException {
    Pages pages = new Pages(monitor, metrics, retry, token, new Origins(address.host()));
    try {
      return listen(address, pages, log);
    } catch (IOException e) {
      if (address.exact() || !(e instanceof BindException)) {
        throw new AdminUnavailableException(address, e);
      }
      AdminServer server = listen(address.elsewhere(), pages, log);
      log.warn(
          "admin-elsewhere",
          Map.of(
              "reason",
              address + " is in use, perhaps by another flake-relay: name one with --admin",
              "admin",
              server.url().toString()));
      return server;
    }
  }

  private static AdminServer listen(AdminAddress address, Pages pages, EventLog log)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("admin");
    threads.setDaemon(true);
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(LONGEST_HEADERS);
    ServerConnector connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(http));
    connector.setHost(address.host());
    connector.setPort(address.port());
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.setHandler(new AdminHandler(pages, log));
    boolean started = false;
    try {
      connector.open();
      server.start();
      started = true;
      String authority = AdminAddress.authority(address.host(), connector.getLocalPort());
      return new AdminServer(log, server, URI.create("http://" + authority + "/"));
    } catch (IOException e) {
      throw e.getCause() instanceof BindException why ? why : e;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (!started) {
        stop(server, log);
      }
    }
  }

  /** Where the page is. */
  public URI url() {
    return url;
  }

  private static void stop(Server server, EventLog log) {
    try {
      server.stop();
    } catch (Exception e) {
      log.warn("stop", Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  @Override
  public void close() {
    stop(server, log);
  }
}
