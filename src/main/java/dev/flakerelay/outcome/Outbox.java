package dev.flakerelay.outcome;

import dev.flakerelay.Deadline;
import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends letters to one receiver in the background, one after the other. What fails for now is sent
 * again, after 1, 2, 4 … 300 s or as long as the receiver asks for, 10 times in all; who asks to be
 * left alone is sent nothing meanwhile.
 */
final class Outbox {
  /** Who is out of reach for long must not fill the memory. */
  private static final int MOST_LETTERS = 1000;

  private static final int MOST_TRIES = 10;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration LONGEST_ASKED = Duration.ofHours(1);

  private final String name;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private Instant end = Instant.MAX;
  private Instant pausedUntil = Instant.MIN;
  private @Nullable Thread sender;

  /**
   * A box with nothing in it.
   *
   * @param name of its thread
   */
  Outbox(String name) {
    this.name = name;
  }

  /** Something to send. Sending it twice must do no harm. */
  interface Letter {
    /** Sends it. */
    void send() throws JobException;

    /** It was given up. */
    void lost(JobException why);
  }

  /** What waits; known to be the same letter by its identity. */
  private static final class Entry {
    private final Letter letter;
    private int tries;
    private Instant due = Instant.MIN;

    Entry(Letter letter) {
      this.letter = letter;
    }
  }

  /**
   * Puts a letter behind the others.
   *
   * @param key what it is about; a letter about the same that was not sent yet is replaced
   */
  void put(String key, Letter letter) {
    Optional<Entry> dropped;
    synchronized (this) {
      entries.remove(key);
      dropped = entries.size() < MOST_LETTERS ? Optional.empty() : dropOldest();
      entries.put(key, new Entry(letter));
      if (sender == null) {
        sender = Thread.ofVirtual().name(name).start(this::work);
      }
      notifyAll();
    }
    dropped.ifPresent(each -> each.letter.lost(new RetryableException("too many wait to be sent")));
  }

  private Optional<Entry> dropOldest() {
    String oldest = entries.keySet().iterator().next();
    return Optional.ofNullable(entries.remove(oldest));
  }

  /**
   * Waits until all is sent.
   *
   * @param patience what is not sent by then is given up
   */
  void finish(Duration patience) {
    Deadline deadline = Deadline.in(patience);
    List<Entry> left;
    synchronized (this) {
      end = Instant.now().plus(patience);
      notifyAll();
      try {
        while (sender != null && !deadline.isOver()) {
          wait(Math.max(1, deadline.remaining().toMillis()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      left = new ArrayList<>(entries.values());
      entries.clear();
      end = Instant.MAX;
      if (sender != null) {
        sender.interrupt();
      }
    }
    left.forEach(
        each -> each.letter.lost(new RetryableException("there was no time left to send it")));
  }

  private void work() {
    Optional<Map.Entry<String, Entry>> next = next();
    while (next.isPresent()) {
      send(next.get().getKey(), next.get().getValue());
      next = next();
    }
  }

  /** The next letter once it is due; empty if there is none, or none before the end. */
  private synchronized Optional<Map.Entry<String, Entry>> next() {
    while (true) {
      Optional<Map.Entry<String, Entry>> first =
          entries.entrySet().stream()
              .min((one, other) -> one.getValue().due.compareTo(other.getValue().due))
              .map(each -> Map.entry(each.getKey(), each.getValue()));
      Instant due =
          first
              .map(each -> each.getValue().due)
              .map(at -> at.isAfter(pausedUntil) ? at : pausedUntil)
              .orElse(Instant.MAX);
      Instant now = Instant.now();
      if (first.isEmpty() || (due.isAfter(now) && due.isAfter(end))) {
        sender = null;
        notifyAll();
        return Optional.empty();
      }
      if (!due.isAfter(now)) {
        return first;
      }
      try {
        wait(Math.max(1, Duration.between(now, due).toMillis()));
      } catch (InterruptedException e) {
        // What was waited for has been given up; what came since is looked at now.
      }
    }
  }

  private void send(String key, Entry entry) {
    try {
      entry.letter.send();
      remove(key, entry);
    } catch (RetryableException e) {
      if (!again(key, entry, e)) {
        entry.letter.lost(e);
      }
    } catch (JobException e) {
      if (remove(key, entry)) {
        entry.letter.lost(e);
      }
    } catch (RuntimeException | Error e) {
      if (remove(key, entry)) {
        entry.letter.lost(
            new RetryableException("an error of flake-relay itself: " + FailureText.of(e), e));
      }
    }
  }

  /** Whether it was still wanted. */
  private synchronized boolean remove(String key, Entry entry) {
    return entries.remove(key, entry);
  }

  /** Whether it is sent again, or is wanted no more. */
  private synchronized boolean again(String key, Entry entry, RetryableException why) {
    if (entries.get(key) != entry) {
      return true;
    }
    entry.tries++;
    if (entry.tries >= MOST_TRIES) {
      entries.remove(key);
      return false;
    }
    Instant now = Instant.now();
    Duration pause = shorter(Duration.ofSeconds(1L << (entry.tries - 1)), LONGEST_PAUSE);
    entry.due = now.plus(pause);
    why.retryAfter().ifPresent(asked -> pausedUntil = now.plus(shorter(asked, LONGEST_ASKED)));
    return true;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
