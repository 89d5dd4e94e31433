package dev.flakerelay.webhook;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What an HTTP request says before its body. */
public final class RequestHead {
  private final String method;
  private final String path;
  private final Map<String, String> headers;
  private final OptionalLong length;

  /**
   * The head of a request.
   *
   * @param path the path alone, without a query
   * @param headers by name in any case; repeated ones joined by a comma (RFC 9110, "Field Lines and
   *     Combined Field Value")
   * @param length the body's in bytes; empty where the request does not say it
   */
  public RequestHead(String method, String path, Map<String, String> headers, OptionalLong length) {
    this.method = method;
    this.path = path;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    this.headers.putAll(headers);
    this.length = length;
  }

  /** The same with a length that turned out when the body was read. */
  public RequestHead withLength(long bytes) {
    return new RequestHead(method, path, headers, OptionalLong.of(bytes));
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

  boolean isTooLong() {
    return length.orElse(0) > Request.LONGEST_BODY;
  }
}
