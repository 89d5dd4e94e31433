package dev.flakerelay.update;

import dev.flakerelay.RetryableException;
import java.time.Duration;

/**
 * How long a failed job waits for its next try.
 *
 * @param first the wait after the first try
 * @param longest the longest wait
 */
public record Backoff(Duration first, Duration longest) {
  /** 5 s, 15 s, 45 s, 135 s: a job is tried for over 3 minutes before it becomes a dead letter. */
  public static final Backoff DEFAULT = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(15));

  private static final int GROWTH = 3;

  /**
   * The wait after a failed try: three times the one before, or as long as the other side asked for
   * if that is longer; but never above {@link #longest}, whoever asks.
   *
   * @param tries how often it was tried, 1 or more
   */
  public Duration after(int tries, RetryableException why) {
    Duration own = first;
    for (int i = 1; i < tries && own.compareTo(longest) < 0; i++) {
      own = own.multipliedBy(GROWTH);
    }
    Duration asked = why.retryAfter().orElse(Duration.ZERO);
    Duration wait = asked.compareTo(own) > 0 ? asked : own;
    return wait.compareTo(longest) > 0 ? longest : wait;
  }
}
