package dev.flakerelay.support;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Speaks as much of Git's HTTP protocol as is needed to send something bad. */
public final class HostileGitServer implements AutoCloseable {
  /** The commit that all its branches are at. */
  public static final String COMMIT = "1".repeat(40);

  /** What is written as the answer to a request. */
  @FunctionalInterface
  public interface Script {
    /** Writes until it has nothing more to say, or nobody listens any more. */
    void writeTo(OutputStream out) throws IOException;
  }

  private final ServerSocket socket;
  private final Script names;
  private final Script pack;

  private HostileGitServer(ServerSocket socket, Script names, Script pack) {
    this.socket = socket;
    this.names = names;
    this.pack = pack;
  }

  /**
   * Starts one.
   *
   * @param names answers the question what there is, from the status line on
   * @param pack answers all others, from the status line on
   */
  public static HostileGitServer answering(Script names, Script pack) {
    try {
      ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      HostileGitServer server = new HostileGitServer(socket, names, pack);
      Thread.ofVirtual().start(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One branch, {@code main}; then {@code pack}, as the body of an answer to a fetch. */
  public static HostileGitServer sending(Script pack) {
    return answering(
        out -> {
          head(out, "advertisement", "");
          packet(out, "# service=git-upload-pack\n");
          out.write(ascii("0000"));
          packet(
              out, COMMIT + " refs/heads/main\0side-band-64k multi_ack_detailed shallow filter\n");
          out.write(ascii("0000"));
        },
        out -> {
          head(out, "result", "");
          pack.writeTo(out);
        });
  }

  /** The first lines of an answer, whose body ends with the connection. */
  public static void head(OutputStream out, String type, String more) throws IOException {
    String lines =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/x-git-upload-pack-";
    out.write(ascii(lines + type + "\r\n" + more + "\r\n"));
  }

  /** One packet of Git's protocol. */
  public static void packet(OutputStream out, String text) throws IOException {
    packet(out, ascii(text), text.length());
  }

  /** One packet with the first {@code length} bytes. */
  public static void packet(OutputStream out, byte[] bytes, int length) throws IOException {
    out.write(ascii(String.format(Locale.ROOT, "%04x", length + 4)));
    out.write(bytes, 0, length);
  }

  /** What comes before the pack in an answer to a fetch of the newest commit only. */
  public static void begin(OutputStream out) throws IOException {
    packet(out, "shallow " + COMMIT);
    out.write(ascii("0000"));
    packet(out, "NAK\n");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The URL of its one repository. */
  public String url() {
    return "http://127.0.0.1:" + socket.getLocalPort() + "/r.git";
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> answer(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void answer(Socket client) {
    try (client;
        OutputStream out = client.getOutputStream()) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      String first = line(in);
      int length = 0;
      for (String next = line(in); !next.isEmpty(); next = line(in)) {
        if (next.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(next.substring("content-length:".length()).strip());
        }
      }
      in.skipNBytes(length);
      (first.startsWith("GET ") ? names : pack).writeTo(out);
    } catch (IOException goneAway) {
      // which is what it should do
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
