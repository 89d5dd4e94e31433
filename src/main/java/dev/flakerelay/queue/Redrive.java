package dev.flakerelay.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts dead letters back into the queue, as their next attempt.
 *
 * <p>A letter waits among the dead for longer after each attempt, and after the last one it stays
 * until it is forced or the queue's retention ends. It is deleted only after the queue took its
 * job, so that a crash in between sends the job twice and never loses it; two runs at once see
 * different letters. One run reads at most 100 letters and starts nothing new after 20 s. Where the
 * dead-letter queue locks groups, as SQS does, ten letters of one group that stay hide that group's
 * later ones.
 */
public final class Redrive {
  /** What a letter of attempt 1, 2, … waits before it is put back: five attempts in all. */
  public static final List<Duration> DELAYS =
      List.of(
          Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(6));

  private static final int LETTERS = 100;
  private static final Duration TIME = Duration.ofSeconds(20);

  private final JobQueue queue;
  private final JobQueue deadLetters;
  private final InstantSource clock;
  private final List<Duration> delays;

  /**
   * From {@code deadLetters} back to {@code queue}, after {@link #DELAYS}.
   *
   * @param clock tells how long a letter has been dead
   */
  public Redrive(JobQueue queue, JobQueue deadLetters, InstantSource clock) {
    this(queue, deadLetters, clock, DELAYS);
  }

  /** The same with other delays; one attempt more than there are delays is made in all. */
  public Redrive(JobQueue queue, JobQueue deadLetters, InstantSource clock, List<Duration> delays) {
    this.queue = queue;
    this.deadLetters = deadLetters;
    this.clock = clock;
    this.delays = List.copyOf(delays);
  }

  /**
   * Puts back what is due.
   *
   * @return what became of each letter, in the order of the dead-letter queue
   * @throws QueueUnavailableException if the dead letters can't be received
   */
  public List<Letter> run() throws QueueUnavailableException {
    return run(letter -> letter.fate() == Letter.Fate.DUE);
  }

  /**
   * Puts back the selected jobs, due or not and however many attempts they had; selecting none
   * lists the dead letters.
   *
   * @return what became of each letter, also of those that were not selected
   * @throws QueueUnavailableException if the dead letters can't be received
   */
  public List<Letter> force(Predicate<Job> selected) throws QueueUnavailableException {
    return run(letter -> letter.job().filter(selected).isPresent());
  }

  private List<Letter> run(Predicate<Letter> chosen) throws QueueUnavailableException {
    List<Letter> letters = new ArrayList<>();
    List<Message> staying = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    long end = System.nanoTime() + TIME.toNanos();
    boolean more = true;
    try {
      while (more && letters.size() < LETTERS && System.nanoTime() < end) {
        List<Message> batch = deadLetters.receive(10, Duration.ZERO);
        more = !batch.isEmpty();
        for (Message message : batch) {
          if (!seen.add(message.id())) {
            // Its visibility timeout is over, and so is one round through the dead letters.
            more = false;
            staying.add(message);
            continue;
          }
          Letter letter = judge(message);
          if (more && chosen.test(letter)) {
            letter = putBack(message, letter);
            more = letter.fate() == Letter.Fate.SENT;
          }
          if (letter.fate() != Letter.Fate.SENT) {
            staying.add(message);
          }
          letters.add(letter);
        }
      }
    } finally {
      // Only now: they would have been received again and again.
      staying.forEach(this::release);
    }
    return letters;
  }

  private Letter judge(Message message) {
    try {
      Job job = JobJson.read(message.body());
      if (job.attempt() > delays.size()) {
        return letter(message, job, Letter.Fate.EXHAUSTED, job.attempt() + " attempts were made");
      }
      Instant due = message.sentAt().plus(delays.get(job.attempt() - 1));
      return due.isAfter(clock.instant())
          ? letter(message, job, Letter.Fate.WAITING, "due at " + due)
          : letter(message, job, Letter.Fate.DUE, "due since " + due);
    } catch (MalformedJobException e) {
      return letter(message, null, Letter.Fate.UNREADABLE, e.getMessage());
    }
  }

  private static Letter letter(
      Message message, @Nullable Job job, Letter.Fate fate, String reason) {
    return new Letter(message.id(), message.sentAt(), Optional.ofNullable(job), fate, reason);
  }

  private Letter putBack(Message message, Letter letter) {
    Job next = letter.job().orElseThrow().nextAttempt();
    try {
      queue.send(List.of(next));
    } catch (QueueUnavailableException e) {
      return letter.became(Letter.Fate.NOT_SENT, String.valueOf(e.getMessage()));
    }
    try {
      deadLetters.delete(message);
      return letter.became(Letter.Fate.SENT, "attempt " + next.attempt());
    } catch (QueueUnavailableException e) {
      // Put back once more later, which the queue's deduplication or the work itself swallows.
      return letter.became(
          Letter.Fate.SENT, "attempt " + next.attempt() + "; not deleted: " + e.getMessage());
    }
  }

  private void release(Message message) {
    try {
      deadLetters.retryAfter(message, Duration.ZERO);
    } catch (QueueUnavailableException e) {
      // It becomes visible by itself after its visibility timeout.
    }
  }

  /**
   * A message among the dead letters.
   *
   * @param message the message's id
   * @param since when it died
   * @param job what it asks for, unless its text is unreadable
   * @param fate what a run did with it
   * @param reason a few words on that, for people
   */
  public record Letter(String message, Instant since, Optional<Job> job, Fate fate, String reason) {
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
    }

    private Letter became(Fate fate, String reason) {
      return new Letter(message, since, job, fate, reason);
    }
  }
}
