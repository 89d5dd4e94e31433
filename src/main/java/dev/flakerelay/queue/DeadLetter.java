package dev.flakerelay.queue;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A message in the dead-letter queue, and what a redrive did with it.
 *
 * @param message the message's id
 * @param since when it died, or was set aside
 * @param job what it asks for, unless its text is unreadable
 * @param fate what a run did with it
 * @param setAside whether this run set it aside, as is done once with what only a person can help
 * @param reason a few words on its fate, for people
 */
public record DeadLetter(
    String message, Instant since, Optional<Job> job, Fate fate, boolean setAside, String reason) {
  /** What a run did with a letter; all but {@link #SENT} are still dead. */
  public enum Fate {
    /** Back in the queue, with one attempt more. */
    SENT,
    /** Would be put back by {@link Redrive#run}, and was not selected. */
    DUE,
    /** Not dead for long enough. */
    WAITING,
    /** Had all its attempts: a person has to look at it. */
    EXHAUSTED,
    /** Not a job: a person has to look at it. */
    UNREADABLE,
    /** The queue did not take it; the run ended there. */
    NOT_SENT;

    /** As it is written in log lines. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean isFinal() {
      return this == EXHAUSTED || this == UNREADABLE;
    }
  }

  static DeadLetter of(Message message, Optional<Job> job, Fate fate, String reason) {
    return new DeadLetter(message.id(), message.sentAt(), job, fate, false, reason);
  }

  DeadLetter became(Fate other, String why) {
    return new DeadLetter(message, since, job, other, setAside, why);
  }

  DeadLetter wasSetAside() {
    return new DeadLetter(message, since, job, fate, true, reason);
  }
}
