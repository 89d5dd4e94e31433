package dev.flakerelay.support;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * A forward proxy that leads host names to ports of this machine: {@code CONNECT} for TLS and
 * absolute URLs for plain HTTP (RFC 9110 section 9.3.6, RFC 9112 section 3.2.2). Anything it does
 * not know is answered 403 and remembered.
 */
public final class ForwardProxy implements AutoCloseable {
  private static final Pattern CONNECTION =
      Pattern.compile("(?im)^(Proxy-)?Connection:[^\r\n]*\r\n");

  private final ServerSocket listener;
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile String user = "";
  private volatile Pattern authorization = Pattern.compile("");

  private ForwardProxy(ServerSocket listener) {
    this.listener = listener;
  }

  /** Starts a proxy on a free port of 127.0.0.1 that knows no host yet. */
  public static ForwardProxy start() {
    return start(InetAddress.getLoopbackAddress());
  }

  /** Starts a proxy on a free port of another address, so that containers reach it. */
  public static ForwardProxy start(InetAddress address) {
    try {
      ForwardProxy proxy = new ForwardProxy(new ServerSocket(0, 100, address));
      Thread.ofVirtual().start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("could not open a port for the proxy", e);
    }
  }

  /**
   * Leads a host to a port of this machine.
   *
   * @param authority host and port, such as {@code github.com:443}
   */
  public ForwardProxy lead(String authority, int port) {
    ports.put(authority, port);
    return this;
  }

  /** From now on, who does not show this user and password is answered 407. */
  public ForwardProxy requirePassword(String name, String password) {
    user = encoded(name) + ":" + encoded(password) + "@";
    byte[] pair = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
    String basic = Pattern.quote(Base64.getEncoder().encodeToString(pair));
    authorization = Pattern.compile("(?i:Proxy-Authorization: Basic) " + basic);
    return this;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Every host and port that was asked for, refused ones too, in order: {@code github.com:443}. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** Its URL, as {@code https_proxy} wants it, with user and password if it requires them. */
  public String url() {
    return "http://"
        + user
        + listener.getInetAddress().getHostAddress()
        + ":"
        + listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      String head = head(in);
      String[] line = head.split(" ", 3);
      if (line.length < 3) {
        return;
      }
      boolean tunnel = line[0].equals("CONNECT");
      String authority = tunnel ? line[1] : authority(URI.create(line[1]));
      if (!authorization.matcher(head).find()) {
        answer(
            client,
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic"
                + " realm=\"proxy\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
      }
      asked.add(authority);
      Integer port = ports.get(authority);
      if (port == null) {
        answer(client, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
      }
      try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
        open.add(server);
        if (tunnel) {
          answer(client, "HTTP/1.1 200 Connection established\r\n\r\n");
        } else {
          // One request a connection: the next one may be for another host.
          String one = CONNECTION.matcher(head).replaceAll("");
          answer(server, one.substring(0, one.length() - 2) + "Connection: close\r\n\r\n");
        }
        Thread up = Thread.ofVirtual().start(() -> pump(in, server));
        pump(server.getInputStream(), client);
        up.join();
      }
    } catch (IOException | InterruptedException ignored) {
      // One side hung up: the other sees its connection end.
    } finally {
      open.remove(client);
    }
  }

  private static String authority(URI uri) {
    return uri.getHost() + ":" + (uri.getPort() < 0 ? 80 : uri.getPort());
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      head.append((char) next);
      if (next == '\n'
          && head.length() > 3
          && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        break;
      }
    }
    return head.toString();
  }

  private static void answer(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Copies until the source ends, then tells the other side so. */
  private void pump(InputStream from, Socket to) {
    try {
      from.transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException ignored) {
      closeQuietly(to);
    }
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
    open.forEach(ForwardProxy::closeQuietly);
  }
}
