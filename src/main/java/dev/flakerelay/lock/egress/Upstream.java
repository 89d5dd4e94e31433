package dev.flakerelay.lock.egress;

import dev.flakerelay.Destination;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Asks servers over HTTPS for a {@link FetchProxy}; connections are kept for the next request. */
final class Upstream {
  private final Outlet outlet;
  private final SSLSocketFactory tls;
  private final Consumer<Socket> opened;
  private final Map<Destination, Deque<Connection>> idle = new HashMap<>();
  private final Map<Destination, FutureTask<Connection>> preparing = new ConcurrentHashMap<>();

  /**
   * A client.
   *
   * @param tls verifies who the servers are
   * @param opened is told of every connection, and closes it in the end
   */
  Upstream(Outlet outlet, SSLSocketFactory tls, Consumer<Socket> opened) {
    this.outlet = outlet;
    this.tls = tls;
    this.opened = opened;
  }

  /**
   * Sends a request.
   *
   * @param head its first line and fields, without {@code Host} and length
   */
  Reply send(Destination to, List<String> head, byte[] body) throws IOException {
    List<String> lines = new ArrayList<>(head);
    lines.add(1, "Host: " + to.toString().replaceFirst(":443$", ""));
    if (body.length > 0 || head.getFirst().startsWith("POST ")) {
      lines.add("Content-Length: " + body.length);
    }
    byte[] bytes = HttpHead.bytes(lines);
    String method = head.getFirst().substring(0, head.getFirst().indexOf(' '));
    Optional<Connection> kept = kept(to);
    if (kept.isPresent()) {
      try {
        return kept.get().send(bytes, body, method);
      } catch (IOException closedMeanwhile) {
        FetchProxy.closeQuietly(kept.get().socket());
      }
    }
    Connection fresh = prepared(to);
    try {
      return fresh.send(bytes, body, method);
    } catch (IOException e) {
      FetchProxy.closeQuietly(fresh.socket());
      throw new Outlet.UnreachableException(to + " did not answer: " + e.getMessage());
    }
  }

  /**
   * Connects to where a request will go, while the client still begins TLS on its side. What fails
   * is tried again, and told, when it is needed.
   *
   * @param beside runs something beside the rest
   */
  void prepare(Destination to, Consumer<Runnable> beside) {
    FutureTask<Connection> task = new FutureTask<>(() -> connect(to));
    if (preparing.putIfAbsent(to, task) == null) {
      beside.accept(task);
    }
  }

  private Connection prepared(Destination to) throws IOException {
    Optional<FutureTask<Connection>> task = Optional.ofNullable(preparing.remove(to));
    try {
      return task.isPresent() ? task.get().get() : connect(to);
    } catch (ExecutionException e) {
      return connect(to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while connecting to " + to);
    }
  }

  private Connection connect(Destination to) throws IOException {
    Socket plain = outlet.tunnel(to);
    opened.accept(plain);
    try {
      SSLSocket socket = (SSLSocket) tls.createSocket(plain, to.host(), to.port(), true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return new Connection(to, socket, new BufferedInputStream(socket.getInputStream(), 1 << 16));
    } catch (IOException e) {
      FetchProxy.closeQuietly(plain);
      throw new Outlet.UnreachableException(
          "could not begin TLS with " + to + ": " + e.getMessage());
    }
  }

  private Optional<Connection> kept(Destination to) {
    synchronized (idle) {
      return Optional.ofNullable(idle.get(to)).map(Deque::pollFirst);
    }
  }

  private void keep(Connection connection) {
    synchronized (idle) {
      idle.computeIfAbsent(connection.to(), any -> new ArrayDeque<>()).addFirst(connection);
    }
  }

  private final class Connection {
    private final Destination to;
    private final Socket socket;
    private final InputStream in;

    Connection(Destination to, Socket socket, InputStream in) {
      this.to = to;
      this.socket = socket;
      this.in = in;
    }

    Destination to() {
      return to;
    }

    Socket socket() {
      return socket;
    }

    Reply send(byte[] head, byte[] body, String method) throws IOException {
      byte[] all = new byte[head.length + body.length];
      System.arraycopy(head, 0, all, 0, head.length);
      System.arraycopy(body, 0, all, head.length, body.length);
      socket.getOutputStream().write(all);
      HttpHead answer = HttpHead.read(in);
      while (answer.word(1).startsWith("1")) {
        answer = HttpHead.read(in);
      }
      return new Reply(answer, HttpBody.ofAnswer(answer, in, method), this);
    }
  }

  /** An answer, whose body is still to be read. */
  final class Reply implements Closeable {
    private final HttpHead head;
    private final HttpBody body;
    private final Connection connection;

    private Reply(HttpHead head, HttpBody body, Connection connection) {
      this.head = head;
      this.body = body;
      this.connection = connection;
    }

    HttpHead head() {
      return head;
    }

    HttpBody body() {
      return body;
    }

    /** The status code; 0 if it is none. */
    int status() {
      return head.word(1).matches("\\d{3}") ? Integer.parseInt(head.word(1)) : 0;
    }

    @Override
    public void close() {
      boolean stays =
          head.word(0).equals("HTTP/1.1")
              && head.all("connection").stream().noneMatch(each -> each.equalsIgnoreCase("close"));
      if (stays && body.isAtEnd()) {
        keep(connection);
      } else {
        FetchProxy.closeQuietly(connection.socket());
      }
    }
  }
}
