package dev.flakerelay.lock.egress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/**
 * The body of an HTTP/1.1 message, out of chunks if it comes in these (RFC 9112 sections 6 and 7).
 * It ends where the message does; a connection that ends before is an error.
 */
final class HttpBody extends InputStream {
  private static final int LINE = 200;

  private final InputStream in;
  private final Form form;
  private long left;
  private boolean ended;

  private enum Form {
    LENGTH,
    CHUNKS,
    UNTIL_CLOSED
  }

  private HttpBody(InputStream in, Form form, long left) {
    this.in = in;
    this.form = form;
    this.left = left;
    this.ended = form == Form.LENGTH && left == 0;
  }

  /** A request's body. */
  static HttpBody ofRequest(HttpHead head, InputStream in) throws IOException {
    return of(head, in, new HttpBody(in, Form.LENGTH, 0));
  }

  /** An answer's body. */
  static HttpBody ofAnswer(HttpHead head, InputStream in, String method) throws IOException {
    String status = head.word(1);
    return method.equals("HEAD") || status.equals("204") || status.equals("304")
        ? new HttpBody(in, Form.LENGTH, 0)
        : of(head, in, new HttpBody(in, Form.UNTIL_CLOSED, 0));
  }

  /** Lengths that contradict each other are how one message is made to look like two. */
  private static HttpBody of(HttpHead head, InputStream in, HttpBody usual) throws IOException {
    var lengths = head.all("content-length");
    var codings = head.all("transfer-encoding");
    if (lengths.size() + codings.size() > 1
        || !lengths.stream().allMatch(each -> each.matches("\\d{1,15}"))
        || !codings.stream().allMatch(each -> each.equalsIgnoreCase("chunked"))) {
      throw new ProtocolException("a message of unclear length");
    }
    if (!codings.isEmpty()) {
      return new HttpBody(in, Form.CHUNKS, 0);
    }
    return lengths.isEmpty()
        ? usual
        : new HttpBody(in, Form.LENGTH, Long.parseLong(lengths.getFirst()));
  }

  /** How many bytes will come; negative if nobody knows. */
  long length() {
    return form == Form.LENGTH ? left : -1;
  }

  /** Whether all was read, so that the connection is at the next message. */
  boolean isAtEnd() {
    return ended && form != Form.UNTIL_CLOSED;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int most) throws IOException {
    if (!ended && form == Form.CHUNKS && left == 0) {
      beginChunk();
    }
    if (ended) {
      return -1;
    }
    int wanted = form == Form.UNTIL_CLOSED ? most : (int) Math.min(left, most);
    int count = in.read(buffer, offset, wanted);
    if (count < 0) {
      ended = true;
      if (form == Form.UNTIL_CLOSED) {
        return -1;
      }
      throw new EOFException("the connection ended within a message's body");
    }
    left -= count;
    if (left == 0 && form == Form.CHUNKS) {
      requireEmpty(line());
    }
    ended = form == Form.LENGTH && left == 0;
    return count;
  }

  private void beginChunk() throws IOException {
    String size = line().replaceFirst("[ \\t]*;.*", "");
    if (!size.matches("[0-9a-fA-F]{1,12}")) {
      throw new ProtocolException("a chunk of unclear length");
    }
    left = Long.parseLong(size, 16);
    if (left == 0) {
      ended = true;
      int fields = 0;
      while (!line().isEmpty()) {
        if (fields++ > 50) {
          throw new ProtocolException("a message with too much after its body");
        }
      }
    }
  }

  private static void requireEmpty(String line) throws ProtocolException {
    if (!line.isEmpty()) {
      throw new ProtocolException("a chunk that is longer than it says");
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended within a message's body");
      }
      if (line.length() == LINE) {
        throw new ProtocolException("a chunk's head is too large");
      }
      line.append((char) next);
    }
    if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
      throw new ProtocolException("a chunk's head without an end");
    }
    return line.substring(0, line.length() - 1);
  }
}
