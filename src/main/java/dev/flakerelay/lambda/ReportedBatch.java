package dev.flakerelay.lambda;

import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Returns only after everybody has heard of the batch's outcomes: Lambda stops all threads of an
 * instance between two invocations ("Lambda execution environment lifecycle", AWS Lambda developer
 * guide). As the messages are deleted afterwards, a function that is killed before tells again.
 *
 * @param updates does the work
 * @param listener is told of it
 */
record ReportedBatch(BatchHandler updates, OutcomeListener listener) implements BatchHandler {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** What is left to answer the queue. */
  private static final Duration TO_ANSWER = Duration.ofSeconds(5);

  @Override
  public List<Retry> handle(List<Message> batch) {
    return handle(batch, Instant.MAX);
  }

  @Override
  public List<Retry> handle(List<Message> batch, Instant until) {
    try {
      return updates.handle(batch, until);
    } finally {
      listener.finish(patience(Instant.now(), until));
    }
  }

  /** How long reports may take, so that the function answers in time. */
  static Duration patience(Instant now, Instant until) {
    if (until.isAfter(now.plus(LONGEST).plus(TO_ANSWER))) {
      return LONGEST;
    }
    Duration left = Duration.between(now, until).minus(TO_ANSWER);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
