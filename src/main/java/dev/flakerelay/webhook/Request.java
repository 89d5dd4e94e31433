package dev.flakerelay.webhook;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An HTTP request, free of the server that received it. */
public final class Request {
  /**
   * The longest body that is taken, in bytes: 6 MiB, which is what Lambda takes of a synchronous
   * call (AWS Lambda Developer Guide, "Lambda quotas").
   */
  public static final int LONGEST_BODY = 6 * 1024 * 1024;

  private final String method;
  private final String path;
  private final Map<String, String> headers;
  private final byte[] body;
  private final boolean tooLong;

  private Request(
      String method, String path, Map<String, String> headers, byte[] body, boolean tooLong) {
    this.method = method;
    this.path = path;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    this.headers.putAll(headers);
    this.body = body;
    this.tooLong = tooLong;
  }

  /**
   * A request that was read to its end.
   *
   * @param path the path alone, without a query
   * @param headers by name in any case; repeated ones joined by a comma (RFC 9110, "Field Lines and
   *     Combined Field Value")
   * @param body the raw bytes; not copied
   */
  public static Request of(String method, String path, Map<String, String> headers, byte[] body) {
    return new Request(method, path, headers, body, body.length > LONGEST_BODY);
  }

  /** A request whose body is longer than {@link #LONGEST_BODY} and was therefore not read. */
  public static Request tooLong(String method, String path, Map<String, String> headers) {
    return new Request(method, path, headers, new byte[0], true);
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  byte[] body() {
    return body;
  }

  boolean isTooLong() {
    return tooLong;
  }
}
