package dev.flakerelay.local;

import dev.flakerelay.local.sqlite.Journal;
import dev.flakerelay.local.sqlite.RecordedOutcome;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes outcomes into the journal before anybody hears of them, so that none is told twice: a job
 * that is worked on again because the process was killed before the queue knew keeps its first
 * outcome. What the journal can't take, for example on a full disk, is told at once and written
 * down later.
 *
 * @param pending what could not be written down
 * @param counted hears of each outcome that is new to the journal
 * @param next hears of each outcome once it is written down
 */
record Recorder(
    Journal journal, Pending pending, Consumer<Outcome> counted, OutcomeListener next, EventLog log)
    implements OutcomeListener {
  @Override
  public void queued(Job job) {
    next.queued(job);
  }

  @Override
  public void ended(Outcome outcome) {
    Optional<RecordedOutcome> before;
    try {
      before = journal.end(outcome, log.now());
    } catch (QueueUnavailableException e) {
      pending.keep(outcome, log.now(), e.getMessage());
      next.ended(outcome);
      return;
    }
    if (before.isEmpty()) {
      counted.accept(outcome);
      next.ended(outcome);
    } else if (!before.get().told()) {
      next.ended(before.get().insteadOf(outcome));
    }
    try {
      journal.told(outcome.job());
    } catch (QueueUnavailableException e) {
      // Told once more if this process is killed before the queue knows.
    }
  }

  @Override
  public void willRetry(Job job, BatchHandler.Retry retry, String reason) {
    next.willRetry(job, retry, reason);
  }

  @Override
  public void malformed(Message message, MalformedJobException why) {
    next.malformed(message, why);
  }

  @Override
  public void finish(Duration patience) {
    next.finish(patience);
  }
}
