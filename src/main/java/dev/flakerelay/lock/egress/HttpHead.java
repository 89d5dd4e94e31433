package dev.flakerelay.lock.egress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The first line and the header fields of an HTTP/1.1 message (RFC 9112 section 2.1).
 *
 * @param first the request or status line
 * @param fields the header fields, as they were written
 */
record HttpHead(String first, List<String> fields) {
  private static final int MOST_BYTES = 64 * 1024;

  private static final Pattern REQUEST = Pattern.compile("[A-Z]{1,20} /[!-~]{0,8000} HTTP/1\\.1");

  /** Neither white space before the colon, nor lines that go on (RFC 9112 sections 5.1 and 5.2). */
  private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~\\w-]+:[ -~\\t]*");

  /** Fields that are between two machines only (RFC 9110 section 7.6.1), and what is set anew. */
  private static final Set<String> LOCAL =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "proxy-authenticate",
          "te",
          "trailer",
          "upgrade",
          "expect",
          "host");

  /** Reads up to the empty line, and not a byte further. */
  static HttpHead read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the connection ended within a message's head");
      }
      if (head.length() == MOST_BYTES) {
        throw new ProtocolException("a message's head is too large");
      }
      head.append((char) next);
    }
    List<String> lines = Arrays.asList(head.toString().stripTrailing().split("\r\n", -1));
    return new HttpHead(lines.getFirst(), List.copyOf(lines.subList(1, lines.size())));
  }

  /** A header field's value. */
  Optional<String> field(String name) {
    return all(name).stream().findFirst();
  }

  /** A header field's values, one for each time that it is there. */
  List<String> all(String name) {
    return fields.stream()
        .filter(field -> name(field).equals(name))
        .map(field -> field.substring(field.indexOf(':') + 1).strip())
        .toList();
  }

  /** The fields whose names are among these, as they were written. */
  List<String> only(Set<String> names) {
    return fields.stream().filter(field -> names.contains(name(field))).toList();
  }

  /** Whether it is a request of HTTP/1.1 whose every reader reads the same. */
  boolean isPlainRequest() {
    return REQUEST.matcher(first).matches()
        && fields.stream().allMatch(field -> FIELD.matcher(field).matches())
        && all("host").size() == 1;
  }

  private static String name(String field) {
    return field.substring(0, Math.max(field.indexOf(':'), 0)).strip().toLowerCase(Locale.ROOT);
  }

  /** A word of the first line; empty if it has fewer. */
  String word(int number) {
    String[] words = first.split(" ", 3);
    return number < words.length ? words[number] : "";
  }

  /**
   * The same message for the next machine, as the last one on its connection.
   *
   * @param newFirst the first line
   * @param more header fields to add
   */
  byte[] forwarded(String newFirst, List<String> more) {
    List<String> lines = new ArrayList<>(List.of(newFirst));
    fields.stream().filter(field -> !LOCAL.contains(name(field))).forEach(lines::add);
    lines.addAll(more);
    lines.add("Connection: close");
    return bytes(lines);
  }

  /** A message's head on the wire. */
  static byte[] bytes(List<String> lines) {
    return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }
}
