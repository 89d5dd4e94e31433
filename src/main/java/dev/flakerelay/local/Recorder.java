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
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes outcomes into the journal before anybody hears of them, so that none is told twice: a job
 * that is worked on again because the process was killed before the queue knew keeps its first
 * outcome. What the journal can't take, for example on a full disk, is told at once and written
 * down later.
 */
final class Recorder implements OutcomeListener {
  private static final int MOST_PENDING = 10_000;

  private final Journal journal;
  private final Consumer<Outcome> counted;
  private final OutcomeListener next;
  private final EventLog log;
  private final Deque<Pending> pending = new ArrayDeque<>();

  private record Pending(Outcome outcome, Instant at) {}

  /**
   * A recorder before other listeners.
   *
   * @param counted hears of each outcome that is new to the journal
   * @param next hears of each outcome once it is written down
   */
  Recorder(Journal journal, Consumer<Outcome> counted, OutcomeListener next, EventLog log) {
    this.journal = journal;
    this.counted = counted;
    this.next = next;
    this.log = log;
  }

  @Override
  public void ended(Outcome outcome) {
    Instant at = log.now();
    Optional<RecordedOutcome> before;
    try {
      before = journal.end(outcome, at);
    } catch (QueueUnavailableException e) {
      keep(outcome, at, e);
      return;
    }
    if (before.isEmpty()) {
      counted.accept(outcome);
      next.ended(outcome);
    } else if (!before.get().told()) {
      next.ended(before.get().of(outcome.job()));
    }
    try {
      journal.told(outcome.job());
    } catch (QueueUnavailableException e) {
      // Told once more if this process is killed before the queue knows.
    }
  }

  private void keep(Outcome outcome, Instant at, QueueUnavailableException why) {
    synchronized (pending) {
      if (pending.isEmpty()) {
        log.warn("outcome-not-recorded", Map.of("reason", why.getMessage()));
      }
      if (pending.size() < MOST_PENDING) {
        pending.add(new Pending(outcome, at));
      }
    }
    next.ended(outcome);
  }

  /** Writes down what could not be written before. */
  void catchUp() throws QueueUnavailableException {
    synchronized (pending) {
      while (!pending.isEmpty()) {
        Pending first = pending.getFirst();
        if (journal.end(first.outcome(), first.at()).isEmpty()) {
          counted.accept(first.outcome());
        }
        journal.told(first.outcome().job());
        pending.removeFirst();
      }
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
}
