package dev.flakerelay.queue;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/** What dead letters wait before they are put back, as text. */
public final class RedriveDelays {
  private RedriveDelays() {}

  /**
   * Reads a list such as {@code PT5M, PT15M, PT1H}: what a letter of attempt 1, 2, 3 waits, each in
   * the form of ISO 8601 ({@link Duration#parse}).
   *
   * @throws IllegalArgumentException if it is none, or a delay is negative
   */
  public static List<Duration> parse(String text) {
    List<Duration> delays = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      try {
        delays.add(Duration.parse(part.strip()));
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "not a list of delays like PT5M,PT15M (ISO 8601, the delay after attempt 1, 2, …): "
                + text,
            e);
      }
    }
    if (delays.stream().anyMatch(Duration::isNegative)) {
      throw new IllegalArgumentException("a delay can't be negative: " + text);
    }
    return List.copyOf(delays);
  }
}
