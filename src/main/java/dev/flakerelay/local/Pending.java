package dev.flakerelay.local;

import dev.flakerelay.local.sqlite.Journal;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Consumer;

/** Outcomes that the journal could not take, and that everybody has heard of. Thread-safe. */
final class Pending {
  private static final int MOST = 10_000;

  private record Entry(Outcome outcome, Instant at) {}

  private final Journal journal;
  private final Consumer<Outcome> counted;
  private final EventLog log;
  private final Deque<Entry> entries = new ArrayDeque<>();

  /**
   * None yet.
   *
   * @param counted hears of each that is new to the journal
   */
  Pending(Journal journal, Consumer<Outcome> counted, EventLog log) {
    this.journal = journal;
    this.counted = counted;
    this.log = log;
  }

  /** Keeps one; the first of several is told. */
  synchronized void keep(Outcome outcome, Instant at, String why) {
    if (entries.isEmpty()) {
      log.warn("outcome-not-recorded", Map.of("reason", why));
    }
    if (entries.size() < MOST) {
      entries.add(new Entry(outcome, at));
    }
  }

  /** Writes them down. */
  synchronized void catchUp() throws QueueUnavailableException {
    while (!entries.isEmpty()) {
      Entry first = entries.getFirst();
      if (journal.end(first.outcome(), first.at()).isEmpty()) {
        counted.accept(first.outcome());
      }
      journal.told(first.outcome().job());
      entries.removeFirst();
    }
  }
}
