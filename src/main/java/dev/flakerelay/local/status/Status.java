package dev.flakerelay.local.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a running relay is at, as text and numbers: what the page shows, {@code relay status} prints
 * and {@code /status.json} has. Names and reasons are strangers' words, as they were written.
 *
 * @param at when this was seen
 * @param version of the program
 * @param config the configuration's file
 * @param troubles why it is not ready, or not as it should be; empty if all is well
 * @param ready whether it takes deliveries and can work on them
 * @param routes in the configuration's order
 * @param counts how many jobs had which outcome: by route, then by outcome
 * @param queue what waits
 * @param deadLetters jobs that failed for good
 * @param outcomes the newest first
 */
public record Status(
    Instant at,
    String version,
    String config,
    List<String> troubles,
    boolean ready,
    List<RouteStatus> routes,
    Map<String, Map<String, Long>> counts,
    QueueStatus queue,
    LetterStatus deadLetters,
    List<Ended> outcomes) {

  /** The same at another time, with other troubles. */
  public Status with(List<String> others, Instant now) {
    return new Status(
        now,
        version,
        config,
        others,
        others.isEmpty(),
        routes,
        counts,
        queue,
        deadLetters,
        outcomes);
  }

  /** The same with something that is not as it should be, though it is ready. */
  Status noting(Optional<String> note) {
    if (note.isEmpty()) {
      return this;
    }
    List<String> more = new ArrayList<>(troubles);
    more.add(note.get());
    return new Status(
        at, version, config, more, ready, routes, counts, queue, deadLetters, outcomes);
  }

  /** One route. */
  public record RouteStatus(String name, List<InputStatus> inputs) {}

  /**
   * One input of one target.
   *
   * @param target repository, branch and folder
   * @param page where a browser shows the target's repository
   * @param locked the revision on the target's branch
   * @param head the newest commit of the source's branch that was heard of
   * @param source the source's branch
   * @param seen when the source was last heard of
   * @param behindSince since when something else than the head is locked
   * @param problem why the last comparison failed
   */
  public record InputStatus(
      String target,
      Optional<String> page,
      String input,
      Optional<String> locked,
      Optional<String> head,
      Optional<String> source,
      Optional<Instant> seen,
      Optional<Instant> behindSince,
      Optional<String> problem) {
    /** {@code current}, {@code behind}, or {@code unknown} as long as nobody has looked. */
    public String state() {
      if (locked.isEmpty() || head.isEmpty()) {
        return "unknown";
      }
      return behindSince.isPresent() ? "behind" : "current";
    }
  }

  /**
   * What waits.
   *
   * @param depth how many jobs
   * @param oldest when the oldest of them was queued, where the queue can tell
   * @param jobs the oldest first; none where the queue can't look
   */
  public record QueueStatus(long depth, Optional<Instant> oldest, List<Queued> jobs) {}

  /**
   * One queued job.
   *
   * @param stage {@code waiting}, {@code in_hand} or {@code retry}
   * @param tries how often it was tried
   * @param queued when
   * @param until when its next try is due
   */
  public record Queued(
      Wanted wanted, String stage, int tries, Instant queued, Optional<Instant> until) {}

  /**
   * The dead letters.
   *
   * @param count how many
   * @param letters the oldest first; none where the queue can't look
   */
  public record LetterStatus(long count, List<Letter> letters) {}

  /**
   * One dead letter.
   *
   * @param message its id
   * @param wanted what it asks for; empty if its text is no job
   * @param since when it died
   * @param attempt how many attempts were made
   * @param reason why the last one failed, where that is known
   */
  public record Letter(
      String message,
      Optional<Wanted> wanted,
      Instant since,
      int attempt,
      Optional<String> reason) {}

  /** What a job asks for. */
  public record Wanted(
      String job,
      String route,
      String target,
      String input,
      String requested,
      Optional<String> version) {}

  /**
   * One outcome.
   *
   * @param page where a browser shows the commit or the pull request
   * @param took milliseconds
   * @param steps milliseconds of each
   */
  public record Ended(
      Instant at,
      String outcome,
      Wanted wanted,
      Optional<String> locked,
      Optional<String> commit,
      Optional<String> page,
      Optional<String> reason,
      int attempt,
      long took,
      Map<String, Long> steps) {}
}
