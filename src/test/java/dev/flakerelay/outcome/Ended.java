package dev.flakerelay.outcome;

import dev.flakerelay.Revision;
import dev.flakerelay.queue.Job;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Outcomes to tell of in tests. */
final class Ended {
  static final Revision COMMIT = new Revision("c".repeat(40));

  private Ended() {}

  /** A job's end, with a commit or a reason as there would be. */
  static Outcome as(Outcome.Kind kind, Job job) {
    boolean updated = kind == Outcome.Kind.UPDATED;
    return new Outcome(
        kind,
        job,
        Optional.of(job.revision()),
        updated ? Optional.of(COMMIT) : Optional.empty(),
        updated ? Optional.empty() : Optional.of("this is why"),
        Map.of(),
        Duration.ofMillis(1200));
  }
}
