package dev.flakerelay.cli;

import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Result;
import dev.flakerelay.update.TargetUpdate;
import java.util.ArrayList;
import java.util.List;

/** Updates without a queue: nobody tries again. */
final class ForegroundUpdate {
  private ForegroundUpdate() {}

  /** Does the jobs, target by target in their order, and says how each ended. */
  static List<Outcome> run(TargetUpdate update, List<Job> jobs) {
    List<Outcome> outcomes = new ArrayList<>();
    List<Job> open = new ArrayList<>(jobs);
    while (!open.isEmpty()) {
      Job first = open.getFirst();
      List<Job> sameTarget = open.stream().filter(each -> each.sameTarget(first)).toList();
      open.removeAll(sameTarget);
      update.run(sameTarget).forEach(result -> outcomes.add(outcome(result)));
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
