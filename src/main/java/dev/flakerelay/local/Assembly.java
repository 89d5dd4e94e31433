package dev.flakerelay.local;

import dev.flakerelay.app.Relay;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.reconcile.Reconciliation;
import dev.flakerelay.update.Sources;
import dev.flakerelay.update.UpdateBatch;
import dev.flakerelay.webhook.Intake;

/**
 * The parts that are made for one configuration, and replaced as a whole by those for another.
 *
 * @param told hears of outcomes once they are written down
 */
record Assembly(
    Relay relay,
    Intake intake,
    UpdateBatch updates,
    Sources sources,
    Reconciliation reconciliation,
    OutcomeListener told) {}
