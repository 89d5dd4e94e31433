package dev.flakerelay.update;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import java.util.Optional;

/**
 * What to do for a job.
 *
 * @param assignment the job, with the commit that it means
 * @param kind how it ends; empty: go and lock it
 * @param locked what is locked now, if that has a revision
 * @param reason why it ends
 */
public record Verdict(
    Assignment assignment, Optional<Outcome.Kind> kind, Optional<Revision> locked, String reason) {
  static Verdict go(Assignment assignment, Optional<Revision> locked) {
    return new Verdict(assignment, Optional.empty(), locked, "");
  }

  static Verdict end(
      Assignment assignment, Outcome.Kind kind, Optional<Revision> locked, String reason) {
    return new Verdict(assignment, Optional.of(kind), locked, reason);
  }
}
