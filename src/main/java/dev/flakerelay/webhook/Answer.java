package dev.flakerelay.webhook;

import dev.flakerelay.log.EventLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is answered to a request.
 *
 * @param status HTTP's status code
 * @param headers what goes out besides the content's type and length
 * @param body one JSON object
 * @param about what is logged besides: where known {@code delivery}, {@code github_event} and
 *     {@code cause}
 */
public record Answer(
    int status, Map<String, String> headers, Map<String, Object> body, Map<String, String> about) {
  /** The media type of every answer. */
  public static final String CONTENT_TYPE = "application/json";

  /** Seconds; a sender that tries by itself should not come at once. */
  private static final String RETRY_AFTER = "30";

  private static final String HEALTH = "status";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Too much is going on to read the request: 503, to be sent again. */
  public static Answer busy() {
    return unavailable("too many large deliveries at once, nothing was accepted: send it again");
  }

  static Answer healthy() {
    return of(200, HEALTH, "ok");
  }

  static Answer accepted(List<Accepted> jobs) {
    return of(202, "accepted", jobs.stream().map(Accepted::json).toList());
  }

  static Answer ignored(String why) {
    return of(200, "ignored", why);
  }

  /** A refusal, and why. */
  public static Answer error(int status, String what) {
    return of(status, "error", what);
  }

  static Answer unavailable(String what) {
    return error(503, what).withHeader("Retry-After", RETRY_AFTER);
  }

  static Answer of(int status, String key, Object value) {
    return new Answer(status, Map.of(), Map.of(key, value), Map.of());
  }

  Answer withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body, about);
  }

  /** The same with one field more for the log. */
  public Answer about(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(about);
    more.put(name, value);
    return new Answer(status, headers, body, more);
  }

  /** The body as UTF-8 JSON. */
  public byte[] json() {
    return JSON.writeValueAsBytes(body);
  }

  /**
   * Writes one line, event {@code delivery}: {@code delivery} and {@code github_event} where the
   * request named them, {@code status}, and the number {@code accepted} and how many of these were
   * {@code duplicates}, or why it was {@code ignored}, or the {@code error} and its {@code cause}.
   * A health check leaves no line.
   */
  public void writeTo(EventLog log) {
    if (body.containsKey(HEALTH)) {
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>(about);
    fields.put("status", status);
    body.forEach((key, value) -> fields.put(key, value instanceof List<?> l ? l.size() : value));
    long duplicates = duplicates();
    if (duplicates > 0) {
      fields.put("duplicates", duplicates);
    }
    if (status < 400) {
      log.info("delivery", fields);
    } else if (status < 500) {
      log.warn("delivery", fields);
    } else {
      log.error("delivery", fields);
    }
  }

  private long duplicates() {
    return body.values().stream()
        .flatMap(value -> value instanceof List<?> entries ? entries.stream() : Stream.empty())
        .filter(entry -> entry instanceof Map<?, ?> job && job.containsKey(Accepted.DUPLICATE))
        .count();
  }
}
