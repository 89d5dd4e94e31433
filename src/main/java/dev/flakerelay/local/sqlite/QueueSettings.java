package dev.flakerelay.local.sqlite;

import java.time.Duration;

/**
 * How a {@link SqliteJobQueue} behaves.
 *
 * @param visibilityTimeout how long a received message is hidden, if nothing extends it
 * @param deduplication how long a deduplication id is taken once
 * @param maxReceiveCount how often a message is received before it becomes a dead letter
 * @param retention how long a dead letter is kept
 */
public record QueueSettings(
    Duration visibilityTimeout, Duration deduplication, int maxReceiveCount, Duration retention) {
  /** 5 minutes, 5 minutes, 5 times, 14 days. */
  public static final QueueSettings DEFAULT =
      new QueueSettings(Duration.ofMinutes(5), Duration.ofMinutes(5), 5, Duration.ofDays(14));
}
