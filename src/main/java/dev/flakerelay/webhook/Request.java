package dev.flakerelay.webhook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** An HTTP request, free of the server that received it. */
public final class Request {
  /**
   * The longest body that is taken, in bytes: 6 MiB, which is what Lambda takes of a synchronous
   * call (AWS Lambda Developer Guide, "Lambda quotas").
   */
  public static final int LONGEST_BODY = 6 * 1024 * 1024;

  private final RequestHead head;
  private final byte[] body;

  /**
   * A request that was read to its end.
   *
   * @param body the raw bytes; not copied
   */
  public Request(RequestHead head, byte[] body) {
    this.head = head;
    this.body = body;
  }

  /**
   * The same, spelled out.
   *
   * @param path the path alone, without a query
   * @param headers by name in any case; repeated ones joined by a comma
   * @param body the raw bytes; not copied
   */
  public static Request of(String method, String path, Map<String, String> headers, byte[] body) {
    return new Request(new RequestHead(method, path, headers, OptionalLong.of(body.length)), body);
  }

  RequestHead head() {
    return head;
  }

  Optional<String> header(String name) {
    return head.header(name);
  }

  byte[] body() {
    return body;
  }

  /** The SHA-256 of the body, in hex: what a signature is for, whatever the headers say. */
  String bodyHash() {
    return hash(body);
  }

  /** The SHA-256 of a text's UTF-8, in hex. */
  static String hash(String text) {
    return hash(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
