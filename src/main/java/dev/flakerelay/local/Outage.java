package dev.flakerelay.local;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.Map;

/** A time in which the queue can't be reached: told once, however many workers run into it. */
final class Outage {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final EventLog log;
  private boolean down;
  private Duration pause = FIRST_PAUSE;

  /** Reports to {@code log}. */
  Outage(EventLog log) {
    this.log = log;
  }

  /** The queue failed; how long to wait before the next try: twice as long each time. */
  synchronized Duration begin(Throwable failure) {
    if (!down) {
      down = true;
      log.warn("queue-unavailable", Map.of("reason", reason(failure)));
    }
    Duration now = pause;
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    return now;
  }

  private static String reason(Throwable failure) {
    return failure instanceof QueueUnavailableException told
        ? told.getMessage()
        : failure.toString();
  }

  /** The queue answered. */
  synchronized void over() {
    if (down) {
      down = false;
      pause = FIRST_PAUSE;
      log.info("queue-available", Map.of());
    }
  }
}
