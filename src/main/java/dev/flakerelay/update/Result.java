package dev.flakerelay.update;

import dev.flakerelay.RetryableException;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

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

  /**
   * It must be tried again.
   *
   * @param why what failed this time
   * @param duration how long this try took; zero if it never got its turn
   */
  record Again(Job job, RetryableException why, Duration duration) implements Result {
    /** The end of a job that is not tried again, and kept as a dead letter. */
    public Outcome failed() {
      return ended(Outcome.Kind.FAILED);
    }

    /** The end of a job that no retry can help. */
    Outcome rejected() {
      return ended(Outcome.Kind.REJECTED);
    }

    private Outcome ended(Outcome.Kind kind) {
      return new Outcome(
          kind,
          job,
          Optional.empty(),
          Optional.empty(),
          Optional.of(why.getMessage()),
          Map.of(),
          duration);
    }
  }
}
