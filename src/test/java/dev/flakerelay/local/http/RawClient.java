package dev.flakerelay.local.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A client that sends any bytes, as slowly as it likes. */
final class RawClient implements AutoCloseable {
  static final byte[] DISPATCH = Samples.dispatch().getBytes(UTF_8);

  private final Socket socket = new Socket();

  /** Connects to a server of this machine, from one of this machine's addresses. */
  RawClient(String from, int port) throws IOException {
    socket.bind(new InetSocketAddress(from, 0));
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** A delivery's headers, signed as the usual dispatch is. */
  static Map<String, String> signed() {
    return new LinkedHashMap<>(Samples.headers("repository_dispatch", DISPATCH));
  }

  /** The start of a delivery. */
  static String head(Map<String, String> headers, long length) {
    return "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + rest(headers);
  }

  /** The start of a delivery in chunks. */
  static String chunkedHead(Map<String, String> headers) {
    return "POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked" + rest(headers);
  }

  private static String rest(Map<String, String> headers) {
    return headers.entrySet().stream()
            .map(header -> "\r\n" + header.getKey() + ": " + header.getValue())
            .collect(Collectors.joining())
        + "\r\n\r\n";
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** The same, where the server may have closed the connection. */
  void sendQuietly(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      // It lost its place.
    }
  }

  /** Sends the usual dispatch, and waits for the answer's status. */
  String deliver() throws IOException {
    return send(head(signed(), DISPATCH.length)).send(DISPATCH).status();
  }

  /** The next answer's status; {@code closed} if there is none. */
  String status() throws IOException {
    String answer = answer();
    return answer.isEmpty() ? "closed" : answer.substring(9, 12);
  }

  /** The next answer with its body; empty if the connection was closed instead. */
  String answer() throws IOException {
    try {
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      int next;
      while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n") && (next = in.read()) >= 0) {
        head.write(next);
      }
      String text = head.toString(ISO_8859_1);
      int length = text.indexOf("Content-Length: ");
      return length < 0
          ? text
          : text
              + new String(
                  in.readNBytes(
                      Integer.parseInt(text.substring(length + 16, text.indexOf("\r\n", length)))),
                  UTF_8);
    } catch (SocketException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
