package dev.flakerelay.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * An HTTP server on a free port of 127.0.0.1 that keeps a log of its requests and fails those it is
 * told to.
 */
public final class TestHttpServer implements AutoCloseable {
  private static final int PARTS = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** {@code where} is a prefix of host and path together, or of the path alone. */
  private record Planned(String where, Fault fault) {
    boolean meets(Request request) {
      return request.path().startsWith(where)
          || (request.host() + request.path()).startsWith(where);
    }
  }

  private final HttpServer server;
  private final Function<Request, Answer> handler;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final LongAdder sent = new LongAdder();
  private final List<Planned> planned = new ArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private TestHttpServer(HttpServer server, Function<Request, Answer> handler) {
    this.server = server;
    this.handler = handler;
  }

  /** Starts a plain HTTP server. */
  public static TestHttpServer plain(Function<Request, Answer> handler) {
    try {
      return start(HttpServer.create(anyPort(), 0), handler);
    } catch (IOException e) {
      throw new UncheckedIOException("could not open a port for HTTP", e);
    }
  }

  /** Starts a TLS server. */
  public static TestHttpServer tls(SSLContext context, Function<Request, Answer> handler) {
    try {
      HttpsServer server = HttpsServer.create(anyPort(), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(context));
      return start(server, handler);
    } catch (IOException e) {
      throw new UncheckedIOException("could not open a port for HTTPS", e);
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static TestHttpServer start(HttpServer server, Function<Request, Answer> handler) {
    TestHttpServer started = new TestHttpServer(server, handler);
    server.setExecutor(started.threads);
    server.createContext("/", started::handle);
    server.start();
    return started;
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Every request so far, failed ones too, in order of arrival. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** How many bytes the bodies of its answers had so far. */
  public long bytesSent() {
    return sent.sum();
  }

  /**
   * Fails the next requests of one kind.
   *
   * @param times how many of them
   * @param where the beginning of their path, such as {@code /}, or of host and path, such as
   *     {@code github.com/owner}
   */
  public void failNext(int times, String where, Fault fault) {
    synchronized (planned) {
      for (int i = 0; i < times; i++) {
        planned.add(new Planned(where, fault));
      }
    }
  }

  /** How many requests are yet to be failed. */
  public int faultsLeft() {
    synchronized (planned) {
      return planned.size();
    }
  }

  /** Fails nothing any more. */
  public void noMoreFaults() {
    synchronized (planned) {
      planned.clear();
    }
  }

  private Optional<Fault> takeFault(Request request) {
    synchronized (planned) {
      Optional<Planned> first = planned.stream().filter(plan -> plan.meets(request)).findFirst();
      first.ifPresent(planned::remove);
      return first.map(Planned::fault);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = read(exchange);
      requests.add(request);
      Optional<Fault> fault = takeFault(request);
      switch (fault.orElse(null)) {
        case null -> send(exchange, request, handler.apply(request), Duration.ZERO, 1);
        case Fault.Status(int code, var headers, String body) ->
            send(
                exchange,
                request,
                new Answer(code, headers, Answer.text(code, body).body()),
                Duration.ZERO,
                1);
        case Fault.Echo(int code) ->
            send(exchange, request, Answer.json(code, request.repeated()), Duration.ZERO, 1);
        case Fault.Silence() -> waitFor(Duration.ofDays(1));
        case Fault.Late(Duration duration) -> {
          waitFor(duration);
          send(exchange, request, handler.apply(request), Duration.ZERO, 1);
        }
        case Fault.Held(CountDownLatch letGo) -> {
          letGo.await();
          send(exchange, request, handler.apply(request), Duration.ZERO, 1);
        }
        case Fault.Slow(Duration duration) ->
            send(exchange, request, handler.apply(request), duration.dividedBy(PARTS), 1);
        case Fault.CutOff() -> send(exchange, request, handler.apply(request), Duration.ZERO, 0.5);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // Otherwise the cause of a dropped connection would be lost; that it is closed is no news.
      if (closing.getCount() > 0) {
        e.printStackTrace();
      }
      throw e;
    }
  }

  private static Request read(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    String host = headers.getOrDefault("host", "").toLowerCase(Locale.ROOT);
    String query = exchange.getRequestURI().getRawQuery();
    return new Request(
        exchange.getRequestMethod(),
        host.replaceFirst(":\\d+$", ""),
        exchange.getRequestURI().getRawPath(),
        query == null ? "" : query,
        Map.copyOf(headers),
        exchange.getRequestBody().readAllBytes());
  }

  private void send(
      HttpExchange exchange, Request request, Answer answer, Duration pause, double share)
      throws IOException {
    byte[] body = answer.body();
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    boolean empty = body.length == 0 || request.method().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), empty ? -1 : body.length);
    if (empty) {
      return;
    }
    OutputStream out = exchange.getResponseBody();
    int end = (int) (body.length * share);
    int part = pause.isZero() ? Math.max(end, 1) : body.length / PARTS + 1;
    for (int from = 0; from < end; from += part) {
      out.write(body, from, Math.min(part, end - from));
      sent.add(Math.min(part, end - from));
      out.flush();
      waitFor(pause);
    }
  }

  private void waitFor(Duration duration) {
    if (duration.isZero()) {
      return;
    }
    try {
      boolean ignored = closing.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends what is under way. When it returns, nothing of it is left that could still write, or start
   * a program, in a folder that is about to be removed.
   */
  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("still answering after " + PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
