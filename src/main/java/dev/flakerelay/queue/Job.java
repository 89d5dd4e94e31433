package dev.flakerelay.queue;

import dev.flakerelay.Revision;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * One queued update of one input of one target. What may be updated comes from the configuration
 * alone: a worker does a job only if its route still names this target and input.
 *
 * @param route the route's name
 * @param repository the target's Git URL, as the configuration writes it
 * @param branch the target's branch
 * @param directory the folder of the target's flake.nix, {@code .} for the root
 * @param input the flake input's name
 * @param revision what to lock; {@link Revision#NONE} as long as only the tag is known
 * @param tag the tag that leads to the revision, where that was asked for: its name, or the id of
 *     its object. Which commit it leads to, only the source's server knows
 * @param version the release's version, if the dispatch named one; cleaned
 * @param delivery the delivery's id, or empty for a job that no delivery caused
 * @param cause who asked for it
 * @param attempt 1 for a dispatch, one more for each time it was put back from the dead-letter
 *     queue
 * @param firstSeen when the dispatch came in
 */
public record Job(
    String route,
    String repository,
    String branch,
    String directory,
    String input,
    Revision revision,
    Optional<String> tag,
    Optional<String> version,
    Optional<String> delivery,
    Cause cause,
    int attempt,
    Instant firstSeen) {

  /** A job for a revision that is known. */
  public Job(
      String route,
      String repository,
      String branch,
      String directory,
      String input,
      Revision revision,
      Optional<String> version,
      Optional<String> delivery,
      Cause cause,
      int attempt,
      Instant firstSeen) {
    this(
        route,
        repository,
        branch,
        directory,
        input,
        revision,
        Optional.empty(),
        version,
        delivery,
        cause,
        attempt,
        firstSeen);
  }

  /** Who asks for a job. */
  public enum Cause {
    /** A delivery. */
    DELIVERY,
    /** The comparison of what is locked with the source's branch: a delivery may have been lost. */
    RECONCILE,
    /** A person, on the command line. */
    COMMAND;

    /** As it is written in messages and log lines. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The same for every dispatch that asks for the same: 32 hex digits of a hash of target, input
   * and revision, or tag.
   */
  public String id() {
    return hash(repository, branch, directory, input, wanted()).substring(0, 32);
  }

  private String wanted() {
    return tag.orElse(revision.hex());
  }

  /** The input of the target, whatever its revision: 32 hex digits of a hash. */
  public String subject() {
    return hash(repository, branch, directory, input).substring(0, 32);
  }

  /** The target as people read it: repository, branch, and the folder unless it is the root. */
  public String target() {
    return repository + " " + branch + (directory.equals(".") ? "" : " " + directory);
  }

  /** The message group, one writer per branch: 64 hex digits of a hash of repository and branch. */
  public String group() {
    return hash(repository, branch);
  }

  /**
   * The deduplication id, 64 hex digits. It differs between attempts: SQS remembers an id for 5
   * minutes, also after the message was moved to the dead-letter queue, and would swallow the one
   * that is put back.
   */
  public String deduplicationId() {
    return hash(repository, branch, directory, input, wanted(), Integer.toString(attempt));
  }

  /** This job as it is put back from the dead-letter queue. */
  public Job nextAttempt() {
    return with(revision, tag, attempt + 1);
  }

  /** This job, with the same {@link #id}, once it is known which commit is meant. */
  public Job at(Revision commit) {
    return with(commit, Optional.of(wanted()), attempt);
  }

  /** Whether it is known which commit is meant, and not only the tag that leads to it. */
  public boolean isResolved() {
    return tag.isEmpty() || !revision.isNone();
  }

  /** What was asked for, for people: the revision, or the tag as long as that is all we know. */
  public String requested() {
    return isResolved() ? revision.hex() : wanted();
  }

  private Job with(Revision newRevision, Optional<String> newTag, int newAttempt) {
    return new Job(
        route,
        repository,
        branch,
        directory,
        input,
        newRevision,
        newTag,
        version,
        delivery,
        cause,
        newAttempt,
        firstSeen);
  }

  /** Whether both change the same input of the same target, so that only the newer one matters. */
  public boolean competesWith(Job other) {
    return sameTarget(other) && input.equals(other.input);
  }

  /** Whether both change the same flake. */
  public boolean sameTarget(Job other) {
    return repository.equals(other.repository)
        && branch.equals(other.branch)
        && directory.equals(other.directory);
  }

  private static String hash(String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
