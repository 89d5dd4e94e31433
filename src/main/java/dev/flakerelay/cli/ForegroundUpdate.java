package dev.flakerelay.cli;

import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Result;
import dev.flakerelay.update.TargetUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Updates without a queue: nobody tries again. */
final class ForegroundUpdate {
  /** How long a command waits at its end until everybody has heard of it. */
  static final Duration TO_REPORT = Duration.ofSeconds(20);

  private ForegroundUpdate() {}

  /** Does the jobs, target by target in their order, and says how each ended to nobody else. */
  static List<Outcome> run(TargetUpdate update, List<Job> jobs) {
    return run(update, jobs, _ -> {});
  }

  /**
   * The same, and tells everybody else how each ended.
   *
   * @param listener is told in the background; its {@code finish} is the caller's to call
   */
  static List<Outcome> run(TargetUpdate update, List<Job> jobs, OutcomeListener listener) {
    jobs.forEach(listener::queued);
    List<Outcome> outcomes = new ArrayList<>();
    List<Job> open = new ArrayList<>(jobs);
    while (!open.isEmpty()) {
      Job first = open.getFirst();
      List<Job> sameTarget = open.stream().filter(each -> each.sameTarget(first)).toList();
      open.removeAll(sameTarget);
      List<Outcome> ended = update.run(sameTarget).stream().map(ForegroundUpdate::outcome).toList();
      ended.forEach(listener::ended);
      outcomes.addAll(ended);
    }
    return outcomes;
  }

  private static Outcome outcome(Result result) {
    return switch (result) {
      case Result.Ended(Outcome outcome) -> outcome;
      case Result.Again again -> again.failed();
    };
  }
}
