package dev.flakerelay.local.sqlite;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.reconcile.Comparison;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of one input of one target.
 *
 * @param route the route's name
 * @param target as {@link Job#target} names it
 * @param input the flake input
 * @param locked what the target's branch locks
 * @param head the newest commit of the source's branch that was heard of
 * @param source the source's branch, as people read it
 * @param problem why the last comparison failed, if it did
 * @param seen when the source's branch was last heard of
 * @param behindSince since when something else than the head is locked, if it is
 */
public record InputState(
    String route,
    String target,
    String input,
    Optional<Revision> locked,
    Optional<Revision> head,
    Optional<String> source,
    Optional<String> problem,
    Instant seen,
    Optional<Instant> behindSince) {

  static InputState unknown(Job job) {
    return new InputState(
        job.route(),
        job.target(),
        job.input(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty());
  }

  /**
   * After the end of a job. What a job asked for is taken for the source's head if nothing newer
   * was heard of, and if it was not refused: it may be off the branch.
   */
  InputState after(Outcome outcome, Instant at) {
    Job job = outcome.job();
    boolean isNews =
        job.isResolved()
            && outcome.kind() != Outcome.Kind.REJECTED
            && job.request().at().isAfter(seen);
    Optional<Revision> newest = isNews ? Optional.of(job.revision()) : head;
    return new InputState(
            route,
            target,
            input,
            outcome.locked().or(() -> locked),
            outcome.kind() == Outcome.Kind.SUPERSEDED ? head.or(() -> outcome.locked()) : newest,
            source,
            problem,
            isNews ? job.request().at() : seen,
            behindSince)
        .judged(at);
  }

  /** After a comparison with the source. */
  InputState after(Comparison.Finding finding, Instant at) {
    return switch (finding) {
      case Comparison.Finding.Seen found ->
          new InputState(
                  route,
                  target,
                  input,
                  found.locked(),
                  Optional.of(found.head()),
                  Optional.of(found.source().toString()),
                  Optional.empty(),
                  at,
                  behindSince)
              .judged(at);
      case Comparison.Finding.Failed failed ->
          new InputState(
              route,
              target,
              input,
              locked,
              head,
              source,
              Optional.of(failed.why().getMessage()),
              seen,
              behindSince);
    };
  }

  private InputState judged(Instant at) {
    boolean isBehind = head.isPresent() && !head.equals(locked);
    return new InputState(
        route,
        target,
        input,
        locked,
        head,
        source,
        problem,
        seen,
        isBehind ? behindSince.or(() -> Optional.of(at)) : Optional.empty());
  }
}
