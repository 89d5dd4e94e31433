package dev.flakerelay.lock.egress;

import dev.flakerelay.Destination;
import dev.flakerelay.JobException;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.lock.FetchPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
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
public final class FetchProxy implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 64;

  /** Connections that have not said the password yet; whoever waits longest goes. */
  private static final int MOST_STRANGERS = 64;

  private final ServerSocket listener;
  private final Outlet outlet;
  private final long mostBytes;
  private final AtomicLong bytesLeft;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Deque<Socket> strangers = new ArrayDeque<>();
  private final ProxyPassword password = ProxyPassword.random();
  private final List<ForgeFetch> forges;
  private final AtomicReference<@Nullable String> breach = new AtomicReference<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

  private FetchProxy(ServerSocket listener, FetchScope scope, long mostBytes) throws IOException {
    this.listener = listener;
    this.outlet = scope.outlet();
    this.forges = scope.forges(outlet, this::opened);
    this.mostBytes = mostBytes;
    this.bytesLeft = new AtomicLong(mostBytes);
  }

  /**
   * Opens a port.
   *
   * @param mostBytes how much may go through, both ways together
   */
  public static FetchProxy start(FetchScope scope, long mostBytes) throws IOException {
    ServerSocket listener =
        new ServerSocket(0, MOST_CONNECTIONS, InetAddress.ofLiteral("127.0.0.1"));
    FetchProxy proxy = new FetchProxy(listener, scope, mostBytes);
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  /** Its URL, as {@code https_proxy} wants it, with the password that only this run knows. */
  public String url() {
    return "http://" + password.userInfo() + "@127.0.0.1:" + listener.getLocalPort();
  }

  /** What was asked for and may not be: no later try of the same can help. */
  public Optional<String> breach() {
    return Optional.ofNullable(breach.get());
  }

  /** The last connection that failed: nix itself hears no more than a status. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble.get());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        opened(client);
        greet(client);
        threads.execute(() -> serve(client));
      } catch (IOException | RejectedExecutionException closed) {
        open.forEach(FetchProxy::closeQuietly);
        return;
      }
    }
  }

  private synchronized void greet(Socket client) {
    strangers.add(client);
    if (strangers.size() > MOST_STRANGERS) {
      closeQuietly(strangers.remove());
    }
  }

  private synchronized void leave(Socket client) {
    strangers.remove(client);
  }

  /** Who does not know the password counts for nothing: it is somebody else on this machine. */
  private void serve(Socket client) {
    try {
      HttpHead request = HttpHead.read(client.getInputStream());
      leave(client);
      if (!password.isIn(request)) {
        client.getOutputStream().write(ProxyPassword.REQUIRED);
        return;
      }
      connections.acquire();
      try {
        new FetchConnection(client, outlet, this).serve(request);
      } finally {
        connections.release();
      }
    } catch (IOException hungUp) {
      // The other side sees its connection end.
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } finally {
      leave(client);
      closeQuietly(client);
      open.removeIf(Socket::isClosed);
    }
  }

  /** What asks a forge for which there is a token. */
  Optional<ForgeFetch> forge(Destination to) {
    return forges.stream().filter(each -> each.covers(to)).findFirst();
  }

  /** Sees to it that all that a new lock brings in is there for everybody; fails otherwise. */
  public void requirePublic(FlakeLock made) throws JobException {
    for (ForgeFetch each : forges) {
      each.requirePublic(made);
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
