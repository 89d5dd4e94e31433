package dev.flakerelay.support;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as a server of these tests received it.
 *
 * @param method in upper case
 * @param host the host that it was meant for, lower case, without port
 * @param path as it was written, percent-escapes and all
 * @param query as it was written, without the question mark; empty if there is none
 * @param headers first values by lower-case name
 * @param body decoded from chunks, but not from a {@code Content-Encoding}
 */
// The arrays are read, never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Request(
    String method,
    String host,
    String path,
    String query,
    Map<String, String> headers,
    byte[] body) {

  /** A header's first value, whatever the case of its name. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** What some servers write on their error pages. */
  Map<String, String> repeated() {
    return Map.of("message", "You sent: " + method + " " + path + "?" + query + " " + headers);
  }

  /** Whether it carried an {@code Authorization} header or one of GitLab's own. */
  public boolean authorized() {
    return header("Authorization").or(() -> header("Private-Token")).isPresent();
  }

  /**
   * The token or password that it carried: {@code token X}, {@code Bearer X}, {@code Basic} with X
   * as the password, or GitLab's {@code Private-Token: X}.
   */
  public Optional<String> token() {
    return header("Authorization").map(Request::credential).or(() -> header("Private-Token"));
  }

  private static String credential(String header) {
    String value = header.substring(header.indexOf(' ') + 1).strip();
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return value;
    }
    String pair = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    return pair.substring(pair.indexOf(':') + 1);
  }

  /** A query parameter's value, decoded. */
  public Optional<String> parameter(String name) {
    return Arrays.stream(query.split("&"))
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
        .findFirst();
  }

  /** The body as UTF-8 text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Method, host and path: enough to recognise it, and free of secrets. */
  @Override
  public String toString() {
    return method + " " + host + path + (query.isEmpty() ? "" : "?" + query);
  }
}
