package dev.flakerelay.update;

import dev.flakerelay.RetryableException;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Where a job stands after a try. */
public sealed interface Result {
  /** The job. */
  Job job();

  /** The same, once it is known where the job's revision comes from. */
  Result from(Optional<SourceBranch> source);

  /** It has ended. */
  record Ended(Outcome outcome) implements Result {
    @Override
    public Result from(Optional<SourceBranch> source) {
      return new Ended(outcome.from(source));
    }

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
   * @param source where the revision comes from, as far as that is known
   */
  record Again(Job job, RetryableException why, Duration duration, Optional<SourceBranch> source)
      implements Result {
    /** A job of which no more is known. */
    public Again(Job job, RetryableException why, Duration duration) {
      this(job, why, duration, Optional.empty());
    }

    @Override
    public Result from(Optional<SourceBranch> where) {
      return new Again(job, why, duration, where);
    }

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
              duration)
          .from(source);
    }
  }
}
