package dev.flakerelay;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/** How long a server asks to be left alone. */
public final class RetryAfter {
  /**
   * What GitHub asks for where it names no time: "wait for at least one minute" ("Rate limits for
   * the REST API" in its documentation).
   */
  public static final Duration UNNAMED = Duration.ofMinutes(1);

  /** Few enough digits that every number is a time. */
  private static final Pattern SECONDS = Pattern.compile("\\d{1,11}");

  private RetryAfter() {}

  /**
   * Reads HTTP's header {@code Retry-After}: a number of seconds or a date (RFC 9110, section
   * 10.2.3).
   *
   * @return at least a second; empty if it is neither
   */
  public static Optional<Duration> read(String header, Instant now) {
    String value = header.strip();
    if (SECONDS.matcher(value).matches()) {
      return Optional.of(atLeastASecond(Duration.ofSeconds(Long.parseLong(value))));
    }
    try {
      Instant end = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value));
      return Optional.of(atLeastASecond(Duration.between(now, end)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Duration atLeastASecond(Duration wait) {
    Duration second = Duration.ofSeconds(1);
    return wait.compareTo(second) < 0 ? second : wait;
  }
}
