package dev.flakerelay.support;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a server of these tests answers.
 *
 * @param status HTTP's status code
 * @param headers by name, without {@code Content-Length}
 * @param body in full
 */
// The arrays are read, never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Answer(int status, Map<String, String> headers, byte[] body) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Plain text. */
  public static Answer text(int status, String text) {
    return new Answer(
        status,
        Map.of("Content-Type", "text/plain; charset=utf-8"),
        text.getBytes(StandardCharsets.UTF_8));
  }

  /** A value as JSON: maps, lists, strings, numbers. */
  public static Answer json(int status, Object value) {
    return new Answer(
        status,
        Map.of("Content-Type", "application/json; charset=utf-8"),
        JSON.writeValueAsBytes(value));
  }

  /** A redirect (302) to another URL. */
  public static Answer redirect(String location) {
    return text(302, "").with("Location", location);
  }

  /** The same with one more header. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body);
  }
}
