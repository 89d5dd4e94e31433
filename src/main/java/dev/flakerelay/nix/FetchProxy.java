package dev.flakerelay.nix;

import dev.flakerelay.OutboundNetwork;
import dev.flakerelay.PublicAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
  private final long mostBytes;
  private final AtomicLong bytesLeft;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable String> breach = new AtomicReference<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

  private FetchProxy(ServerSocket listener, Outlet outlet, long mostBytes) {
    this.listener = listener;
    this.outlet = outlet;
    this.mostBytes = mostBytes;
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
    try {
      new FetchConnection(client, outlet, this).serve();
    } finally {
      open.removeIf(Socket::isClosed);
      connections.release();
    }
  }

  /** Runs something beside the rest, until this is closed. */
  void start(Runnable work) {
    threads.execute(work);
  }

  /** Remembers a connection that must not outlive this. */
  void opened(Socket socket) {
    open.add(socket);
  }

  /** Remembers what was refused first. */
  void refuse(String why) {
    breach.compareAndSet(null, why);
  }

  /** Remembers what failed last. */
  void failed(String why) {
    trouble.set(why);
  }

  /** Counts what goes through; fails when that is more than may. */
  void count(int bytes) throws IOException {
    if (bytesLeft.addAndGet(-bytes) < 0) {
      refuse(
          "it was stopped, as more than " + mostBytes + " bytes were fetched, which is the limit");
      throw new IOException("too much was fetched");
    }
  }

  static void closeQuietly(Closeable closeable) {
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
