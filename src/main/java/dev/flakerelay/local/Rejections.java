package dev.flakerelay.local;

import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;

/**
 * Lets a queue forget what was rejected or has failed: a person may correct the cause within a
 * minute, and what is delivered again then must not pass for a duplicate. Told before those from
 * whom a person hears of it.
 */
record Rejections(JobQueue queue) implements OutcomeListener {
  @Override
  public void ended(Outcome outcome) {
    if (!outcome.isGood()) {
      try {
        queue.forget(outcome.job());
      } catch (QueueUnavailableException e) {
        // Then it passes for a duplicate for five minutes, as it does in SQS.
      }
    }
  }
}
