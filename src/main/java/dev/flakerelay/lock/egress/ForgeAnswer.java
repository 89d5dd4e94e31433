package dev.flakerelay.lock.egress;

import dev.flakerelay.Destination;
import dev.flakerelay.Token;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A forge's answer on its way to nix.
 *
 * @param head its first line and fields
 * @param body what follows
 * @param length of the body in bytes; negative if nobody knows
 * @param connection closed in the end
 */
record ForgeAnswer(HttpHead head, InputStream body, long length, Closeable connection)
    implements Closeable {
  /** What a fetch needs of an answer's header fields. */
  private static final Set<String> TOLD =
      Set.of(
          "accept-ranges",
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-range",
          "content-type",
          "date",
          "etag",
          "expires",
          "last-modified",
          "link",
          "location",
          "retry-after",
          "www-authenticate",
          "x-ratelimit-remaining",
          "x-ratelimit-reset");

  /** Bytes of an error's text that are told. */
  private static final int MOST_TOLD = 16 * 1024;

  static ForgeAnswer of(Upstream.Reply reply) {
    return new ForgeAnswer(reply.head(), reply.body(), reply.body().length(), reply);
  }

  /** The status code; 0 if it is none. */
  int status() {
    return head.word(1).matches("\\d{3}") ? Integer.parseInt(head.word(1)) : 0;
  }

  boolean isRedirect() {
    return List.of(301, 302, 303, 307, 308).contains(status());
  }

  /** Where it leads; empty if that is no HTTPS address. */
  Optional<URI> leadsTo(Destination from) {
    try {
      return head.field("location")
          .map(text -> URI.create("https://" + from + "/").resolve(text))
          .filter(uri -> "https".equals(uri.getScheme()) && uri.getRawUserInfo() == null);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The same, should the server repeat the token that it was shown. */
  ForgeAnswer without(Token token) throws IOException {
    List<String> fields = head.fields().stream().map(token::hide).toList();
    HttpHead hidden = new HttpHead(token.hide(head.first()), fields);
    if (status() < 400) {
      return new ForgeAnswer(hidden, body, length, connection);
    }
    String text = new String(body.readNBytes(MOST_TOLD), StandardCharsets.UTF_8);
    byte[] told = token.hide(text).getBytes(StandardCharsets.UTF_8);
    return new ForgeAnswer(hidden, new ByteArrayInputStream(told), told.length, connection);
  }

  /**
   * Sends it on.
   *
   * @param counter is told of every byte of the body
   */
  void send(OutputStream out, String method, Counter counter) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("HTTP/1.1 " + head.first().split(" ", 2)[1]);
    lines.addAll(head.only(TOLD));
    boolean bare = method.equals("HEAD") || status() == 204 || status() == 304;
    if (!bare) {
      lines.add(length < 0 ? "Transfer-Encoding: chunked" : "Content-Length: " + length);
    }
    out.write(HttpHead.bytes(lines));
    byte[] buffer = new byte[32 * 1024];
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      counter.count(count);
      if (length < 0) {
        out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      }
      out.write(buffer, 0, count);
      if (length < 0) {
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      out.flush();
    }
    if (length < 0 && !bare) {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try (connection) {
      // What is left of a short answer, so that the connection can be used again.
      byte[] ignored = body.readNBytes(MOST_TOLD);
    }
  }

  /** Is told how much goes through, and fails when that is too much. */
  @FunctionalInterface
  interface Counter {
    void count(int bytes) throws IOException;
  }
}
