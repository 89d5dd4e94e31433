package dev.flakerelay.update;

import dev.flakerelay.RetryableException;
import dev.flakerelay.queue.Job;

/** Where a job stands after a try. */
public sealed interface Result {
  /** The job. */
  Job job();

  /** It has ended. */
  record Ended(Outcome outcome) implements Result {
    @Override
    public Job job() {
      return outcome.job();
    }
  }

  /** It must be tried again. */
  record Again(Job job, RetryableException why) implements Result {}
}
