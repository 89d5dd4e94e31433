package dev.flakerelay.nix;

import dev.flakerelay.OutboundNetwork;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
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
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The only way out of one run of nix: a forward proxy on a port of this machine that connects to
 * what the {@link FetchPolicy} permits and answers 403 to everything else, redirects included, as
 * they come through here as well. It lives as long as the run, which bounds every connection's
 * time.
 */
final class FetchProxy implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 64;

  /** Connections that have not said the password yet; whoever waits longest goes. */
  private static final int MOST_STRANGERS = 64;

  private static final String USER = "flake-relay";

  private static final List<String> UNKNOWN =
      List.of(
          "HTTP/1.1 407 Proxy Authentication Required",
          "Proxy-Authenticate: Basic realm=\"flake-relay\"",
          "Content-Length: 0",
          "Connection: close");

  private final ServerSocket listener;
  private final Outlet outlet;
  private final long mostBytes;
  private final AtomicLong bytesLeft;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Deque<Socket> strangers = new ArrayDeque<>();
  private final String password = password();
  private final List<ForgeFetch> forges;
  private final AtomicReference<@Nullable String> breach = new AtomicReference<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

  private FetchProxy(
      ServerSocket listener,
      Outlet outlet,
      long mostBytes,
      Function<Consumer<Socket>, List<ForgeFetch>> forges) {
    this.listener = listener;
    this.outlet = outlet;
    this.forges = forges.apply(this::opened);
    this.mostBytes = mostBytes;
    this.bytesLeft = new AtomicLong(mostBytes);
  }

  /** What one run of nix may fetch through it, and how. */
  record Way(
      FetchPolicy policy,
      OutboundNetwork network,
      PublicAddress.Resolver resolver,
      List<NixAccess> access,
      KnownRepositories known) {

    /** Without any token. */
    static Way open(
        FetchPolicy policy, OutboundNetwork network, PublicAddress.Resolver resolver) {
      KnownRepositories none =
          new KnownRepositories(
              List.of(), FlakeLock.empty(), new FetchRules(List.of(), List.of(), List.of()));
      return new Way(policy, network, resolver, List.of(), none);
    }
  }

  /**
   * Opens a port.
   *
   * @param mostBytes how much may go through, both ways together
   */
  static FetchProxy start(Way way, long mostBytes) throws IOException {
    Outlet outlet = new Outlet(way.policy(), way.network(), way.resolver());
    Optional<SSLSocketFactory> tls =
        way.access().isEmpty() ? Optional.empty() : Optional.of(way.network().tls());
    ServerSocket listener =
        new ServerSocket(0, MOST_CONNECTIONS, InetAddress.ofLiteral("127.0.0.1"));
    FetchProxy proxy =
        new FetchProxy(
            listener,
            outlet,
            mostBytes,
            opened ->
                way.access().stream()
                    .map(
                        each ->
                            new ForgeFetch(
                                each,
                                way.known(),
                                new Upstream(outlet, tls.orElseThrow(), opened)))
                    .toList());
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  private static String password() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** Its URL, as {@code https_proxy} wants it, with the password that only this run knows. */
  String url() {
    return "http://" + USER + ":" + password + "@127.0.0.1:" + listener.getLocalPort();
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
      if (!knowsPassword(request)) {
        client.getOutputStream().write(HttpHead.bytes(UNKNOWN));
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

  private boolean knowsPassword(HttpHead request) {
    byte[] right = (USER + ":" + password).getBytes(StandardCharsets.US_ASCII);
    String shown = "Basic " + Base64.getEncoder().encodeToString(right);
    return request.all("proxy-authorization").stream()
        .anyMatch(
            each ->
                MessageDigest.isEqual(
                    each.getBytes(StandardCharsets.UTF_8),
                    shown.getBytes(StandardCharsets.UTF_8)));
  }

  /** What asks a forge for which there is a token. */
  Optional<ForgeFetch> forge(Destination to) {
    return forges.stream().filter(each -> each.covers(to)).findFirst();
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
