package dev.flakerelay.queue;

import dev.flakerelay.queue.DeadLetter.Fate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Puts dead letters back into the queue, as their next attempt.
 *
 * <p>A letter waits among the dead for longer after each attempt, and after the last one it stays
 * until it is forced or the queue's retention ends. It is deleted only after the queue took its
 * job, so that a crash in between sends the job twice and never loses it; two runs at once see
 * different letters. A letter that only a person can help is set aside once, so that it blocks no
 * other. One run puts at most 100 letters back, reads at most 1,000 besides those that were set
 * aside, and starts nothing new after 20 s.
 */
public final class Redrive {
  /** What a letter of attempt 1, 2, … waits before it is put back: five attempts in all. */
  public static final List<Duration> DELAYS =
      List.of(
          Duration.ofMinutes(1), Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(6));

  private static final int MOST_SENT = 100;
  private static final int MOST_READ = 1_000;
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
   * Puts back what is due, and sets aside what had all its attempts or is no job.
   *
   * @return what became of each letter, in the order of the dead-letter queue
   * @throws QueueUnavailableException if the dead letters can't be received
   */
  public List<DeadLetter> run() throws QueueUnavailableException {
    return run(letter -> letter.fate() == Fate.DUE, true);
  }

  /**
   * Puts back the selected jobs, due or not and however many attempts they had.
   *
   * @return what became of each letter, also of those that were not selected
   * @throws QueueUnavailableException if the dead letters can't be received
   */
  public List<DeadLetter> force(Predicate<Job> selected) throws QueueUnavailableException {
    return run(letter -> letter.job().filter(selected).isPresent(), false);
  }

  /**
   * The dead letters, as they are.
   *
   * @throws QueueUnavailableException if they can't be received
   */
  public List<DeadLetter> list() throws QueueUnavailableException {
    return run(_ -> false, false);
  }

  private List<DeadLetter> run(Predicate<DeadLetter> chosen, boolean settingAside)
      throws QueueUnavailableException {
    Map<Message, DeadLetter> found = new LinkedHashMap<>();
    boolean told = false;
    try {
      look(chosen, found);
      told = true;
    } finally {
      // What is set aside is told this once, and not at all if this run fails.
      boolean setAside = settingAside && told;
      // Only now: what stays would have been received again and again.
      found.replaceAll(
          (message, letter) ->
              letter.fate() == Fate.SENT ? letter : keep(message, letter, setAside));
    }
    return List.copyOf(found.values());
  }

  private void look(Predicate<DeadLetter> chosen, Map<Message, DeadLetter> found)
      throws QueueUnavailableException {
    Set<String> seen = new HashSet<>();
    long end = System.nanoTime() + TIME.toNanos();
    int fresh = 0;
    int sent = 0;
    boolean more = true;
    while (more && fresh < MOST_READ && sent < MOST_SENT && System.nanoTime() < end) {
      List<Message> batch = deadLetters.receive(10, Duration.ZERO);
      more = !batch.isEmpty();
      for (Message message : batch) {
        if (!seen.add(message.id())) {
          // Its visibility timeout is over, and so is one round through the dead letters.
          more = false;
          release(message);
          continue;
        }
        fresh += message.isAside() ? 0 : 1;
        DeadLetter letter = judge(message);
        if (more && sent < MOST_SENT && chosen.test(letter)) {
          letter = putBack(message, letter);
          more = letter.fate() == Fate.SENT;
          sent++;
        }
        found.put(message, letter);
      }
    }
  }

  private DeadLetter judge(Message message) {
    Job job;
    try {
      job = JobJson.read(message.body());
    } catch (MalformedJobException e) {
      return DeadLetter.of(message, Optional.empty(), Fate.UNREADABLE, e.getMessage());
    }
    if (job.attempt() > delays.size()) {
      return DeadLetter.of(
          message, Optional.of(job), Fate.EXHAUSTED, job.attempt() + " attempts were made");
    }
    Instant due = message.sentAt().plus(delays.get(job.attempt() - 1));
    return due.isAfter(clock.instant())
        ? DeadLetter.of(message, Optional.of(job), Fate.WAITING, "due at " + due)
        : DeadLetter.of(message, Optional.of(job), Fate.DUE, "due since " + due);
  }

  private DeadLetter putBack(Message message, DeadLetter letter) {
    Job next = letter.job().orElseThrow().nextAttempt();
    try {
      queue.send(List.of(next));
    } catch (QueueUnavailableException e) {
      return letter.became(Fate.NOT_SENT, e.getMessage());
    }
    try {
      deadLetters.delete(message);
      return letter.became(Fate.SENT, "attempt " + next.attempt());
    } catch (QueueUnavailableException e) {
      // Put back once more later, which the queue's deduplication or the work itself swallows.
      return letter.became(
          Fate.SENT, "attempt " + next.attempt() + "; not deleted: " + e.getMessage());
    }
  }

  private DeadLetter keep(Message message, DeadLetter letter, boolean settingAside) {
    if (settingAside && letter.fate().isFinal() && !message.isAside()) {
      try {
        deadLetters.setAside(message);
        return letter.wasSetAside();
      } catch (QueueUnavailableException e) {
        // Next time, then.
      }
    }
    release(message);
    return letter;
  }

  private void release(Message message) {
    try {
      deadLetters.retryAfter(message, Duration.ZERO);
    } catch (QueueUnavailableException e) {
      // It becomes visible by itself after its visibility timeout.
    }
  }
}
