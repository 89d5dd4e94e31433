package dev.flakerelay.nix;

import dev.flakerelay.OutboundNetwork;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The only way out of one run of nix: a forward proxy on a port of this machine that connects to
 * what the {@link FetchPolicy} permits and answers 403 to everything else, redirects included, as
 * they come through here as well. It lives as long as the run, which bounds every connection's
 * time.
 */
final class FetchProxy implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 64;

  private final ServerSocket listener;
  private final Outlet outlet;
  private final AtomicLong bytesLeft;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable String> breach = new AtomicReference<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

  private FetchProxy(ServerSocket listener, Outlet outlet, long mostBytes) {
    this.listener = listener;
    this.outlet = outlet;
    this.bytesLeft = new AtomicLong(mostBytes);
  }

  /**
   * Opens a port.
   *
   * @param network how connections leave this machine
   * @param mostBytes how much may go through, both ways together
   */
  static FetchProxy start(
      FetchPolicy policy, OutboundNetwork network, PublicAddress.Resolver resolver, long mostBytes)
      throws IOException {
    ServerSocket listener =
        new ServerSocket(0, MOST_CONNECTIONS, InetAddress.ofLiteral("127.0.0.1"));
    FetchProxy proxy = new FetchProxy(listener, new Outlet(policy, network, resolver), mostBytes);
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  /** Its URL, as {@code https_proxy} wants it. */
  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** What was asked for and may not be: no later try of the same can help. */
  Optional<String> breach() {
    return Optional.ofNullable(breach.get());
  }

  /** The last connection that failed: nix itself hears no more than a status. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble.get());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        connections.acquire();
        Socket client = listener.accept();
        open.add(client);
        threads.execute(() -> serve(client));
      } catch (IOException | InterruptedException | RejectedExecutionException closed) {
        open.forEach(FetchProxy::closeQuietly);
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      HttpHead request = HttpHead.read(client.getInputStream());
      try {
        if (request.word(0).equals("CONNECT")) {
          tunnel(client, request);
        } else {
          forward(client, request);
        }
      } catch (Outlet.RefusedException e) {
        breach.compareAndSet(null, e.getMessage());
        answer(client, "403 Forbidden", String.valueOf(e.getMessage()));
      } catch (Outlet.UnreachableException e) {
        trouble.set(e.getMessage());
        answer(client, "502 Bad Gateway", String.valueOf(e.getMessage()));
      }
    } catch (IOException hungUp) {
      // The other side sees its connection end.
    } finally {
      open.remove(client);
      connections.release();
    }
  }

  private void tunnel(Socket client, HttpHead request) throws IOException {
    try (Socket server = outlet.tunnel(destination("https://" + request.word(1)))) {
      open.add(server);
      client
          .getOutputStream()
          .write(HttpHead.bytes(List.of("HTTP/1.1 200 Connection established")));
      threads.execute(() -> pump(client, server));
      pump(server, client);
      open.remove(server);
    }
  }

  /** One request over plain HTTP; the next may be for another host and needs a new connection. */
  private void forward(Socket client, HttpHead request) throws IOException {
    Destination to = destination(request.word(1));
    if (request.field("transfer-encoding").isPresent()) {
      answer(client, "411 Length Required", "bodies of unknown length are not forwarded");
      return;
    }
    Outlet.Plain plain = outlet.plain(to, request);
    try (Socket server = plain.connection()) {
      open.add(server);
      server.getOutputStream().write(plain.head());
      long length = Long.parseLong(request.field("content-length").orElse("0"));
      copy(client.getInputStream(), server.getOutputStream(), length);
      HttpHead response = HttpHead.read(server.getInputStream());
      while (response.word(1).startsWith("1")) {
        response = HttpHead.read(server.getInputStream());
      }
      client.getOutputStream().write(response.forwarded(response.first(), List.of()));
      copy(server.getInputStream(), client.getOutputStream(), Long.MAX_VALUE);
      open.remove(server);
    } catch (NumberFormatException e) {
      answer(client, "400 Bad Request", "not a length");
    }
  }

  private static Destination destination(String url) throws Outlet.RefusedException {
    return Destination.of(url)
        .filter(to -> url.startsWith("http"))
        .orElseThrow(
            () ->
                new Outlet.RefusedException(
                    "the source's flake leads to something"
                        + FetchPolicy.refusal("no host's name")));
  }

  /** Copies until the source ends, then tells the other side so. */
  private void pump(Socket from, Socket to) {
    try {
      copy(from.getInputStream(), to.getOutputStream(), Long.MAX_VALUE);
      to.shutdownOutput();
    } catch (IOException hungUp) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private void copy(InputStream from, OutputStream to, long most) throws IOException {
    byte[] buffer = new byte[16 * 1024];
    long left = most;
    while (left > 0) {
      int count = from.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        return;
      }
      if (bytesLeft.addAndGet(-count) < 0) {
        breach.compareAndSet(null, "more was fetched than the limit allows");
        throw new IOException("too much");
      }
      to.write(buffer, 0, count);
      left -= count;
    }
  }

  private static void answer(Socket client, String status, String text) throws IOException {
    byte[] head =
        HttpHead.bytes(
            List.of(
                "HTTP/1.1 " + status,
                "Content-Type: text/plain; charset=utf-8",
                "Connection: close"));
    client.getOutputStream().write(head);
    client.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException ignored) {
      // It is of no use any more either way.
    }
  }

  @Override
  public void close() {
    closeQuietly(listener);
    threads.shutdownNow();
    open.forEach(FetchProxy::closeQuietly);
    try {
      // A thread may be waiting for a name server, which nothing can hurry.
      boolean ignored = threads.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
