package dev.flakerelay.local;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.reconcile.Reconciliation;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.update.Sources;
import dev.flakerelay.update.UpdateBatch;
import dev.flakerelay.webhook.Intake;
import java.util.function.Consumer;

/** The parts that are made for one configuration, and replaced as a whole by those for another. */
record Assembly(
    Relay relay,
    Intake intake,
    UpdateBatch updates,
    Sources sources,
    Reconciliation reconciliation) {
  /**
   * Makes them.
   *
   * @throws JobException if there is no nix
   * @throws QueueUnavailableException if the queue can't be asked for its limit
   */
  static Assembly of(
      Relay relay,
      JobQueue queue,
      Backoff backoff,
      OutcomeListener listener,
      Consumer<Comparison.Finding> compared)
      throws JobException, QueueUnavailableException {
    return new Assembly(
        relay,
        relay.intake(queue),
        relay.updates(queue, backoff, listener),
        relay.sources(),
        relay.reconciliation(queue, compared));
  }
}
