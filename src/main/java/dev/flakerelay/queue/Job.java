package dev.flakerelay.queue;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.TargetRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One queued update of one input of one target. What may be updated comes from the configuration
 * alone: a worker does a job only if its route still names this target and input.
 *
 * @param route the route's name
 * @param flake the target
 * @param input the flake input's name
 * @param wanted what to lock
 * @param request who asked for it, and when
 * @param attempt 1 for a dispatch, one more for each time it was put back from the dead-letter
 *     queue
 */
public record Job(
    String route, TargetRef flake, String input, Wanted wanted, Request request, int attempt) {

  /**
   * What to lock.
   *
   * @param revision {@link Revision#NONE} as long as only the tag is known
   * @param tag the tag that leads to the revision, where that was asked for: its name, or the id of
   *     its object. Which commit it leads to, only the source's server knows
   * @param version the release's version, if the dispatch named one
   */
  public record Wanted(Revision revision, Optional<String> tag, Optional<Version> version) {
    /** A revision of which nothing else is known. */
    public static Wanted commit(Revision revision) {
      return new Wanted(revision, Optional.empty(), Optional.empty());
    }
  }

  /**
   * Who asked for a job.
   *
   * @param cause who
   * @param delivery the delivery's id, or empty if no delivery asked for it
   * @param at when the dispatch came in
   * @param push what the job depends on, if that is not known yet; empty: it is asked for whatever
   *     was touched
   */
  public record Request(
      Cause cause, Optional<String> delivery, Instant at, Optional<UnlistedPush> push) {
    /** What depends on nothing. */
    public Request(Cause cause, Optional<String> delivery, Instant at) {
      this(cause, delivery, at, Optional.empty());
    }

    /** What a delivery asks for. */
    public static Request delivery(String id, Instant at) {
      return new Request(Cause.DELIVERY, Optional.of(id), at);
    }

    /** What somebody else asks for. */
    public static Request by(Cause cause, Instant at) {
      return new Request(cause, Optional.empty(), at);
    }
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
   * and revision, or tag. An {@link UnlistedPush} asks for less than what is asked for in any case.
   */
  public String id() {
    return hash(identity()).substring(0, 32);
  }

  private String[] identity(String... more) {
    List<String> parts = new ArrayList<>();
    parts.addAll(List.of(flake.repository(), flake.branch(), flake.directory()));
    parts.addAll(List.of(input, wantedText()));
    request.push.ifPresent(
        push -> parts.addAll(List.of(route, push.before().map(Revision::hex).orElse("new"))));
    parts.addAll(List.of(more));
    return parts.toArray(String[]::new);
  }

  private String wantedText() {
    return wanted.tag.orElse(wanted.revision.hex());
  }

  /** The input of the target, whatever its revision: 32 hex digits of a hash. */
  public String subject() {
    return subject(flake, input);
  }

  /** The {@linkplain #subject() subject} of a target's input. */
  public static String subject(TargetRef flake, String input) {
    return hash(flake.repository(), flake.branch(), flake.directory(), input).substring(0, 32);
  }

  /** The target as people read it. */
  public String target() {
    return flake.toString();
  }

  /** The message group, one writer per branch: 64 hex digits of a hash of repository and branch. */
  public String group() {
    return hash(flake.repository(), flake.branch());
  }

  /**
   * The deduplication id, 64 hex digits. It differs between attempts: SQS remembers an id for 5
   * minutes, also after the message was moved to the dead-letter queue, and would swallow the one
   * that is put back.
   */
  public String deduplicationId() {
    return hash(identity(Integer.toString(attempt)));
  }

  /** This job as it is put back from the dead-letter queue. */
  public Job nextAttempt() {
    return new Job(route, flake, input, wanted, request, attempt + 1);
  }

  /** This job, with the same {@link #id}, once it is known which commit is meant. */
  public Job at(Revision commit) {
    Wanted found = new Wanted(commit, Optional.of(wantedText()), wanted.version);
    return new Job(route, flake, input, found, request, attempt);
  }

  /** What the same request asks of another input of the target. */
  public Job of(String otherInput) {
    return new Job(route, flake, otherInput, wanted, request, attempt);
  }

  /** The job that asks for the same whatever the push touches. */
  public Job inAnyCase() {
    Request sure = new Request(request.cause, request.delivery, request.at);
    return new Job(route, flake, input, wanted, sure, attempt);
  }

  /** Whether it is known which commit is meant, and not only the tag that leads to it. */
  public boolean isResolved() {
    return wanted.tag.isEmpty() || !wanted.revision.isNone();
  }

  /** What was asked for, for people: the revision, or the tag as long as that is all we know. */
  public String requested() {
    return isResolved() ? wanted.revision.hex() : wantedText();
  }

  /** Whether both change the same input of the same target, so that only the newer one matters. */
  public boolean competesWith(Job other) {
    return sameTarget(other) && input.equals(other.input);
  }

  /** Whether both change the same flake. */
  public boolean sameTarget(Job other) {
    return flake.equals(other.flake);
  }

  /** The target's Git URL, as the configuration writes it. */
  public String repository() {
    return flake.repository();
  }

  /** The target's branch. */
  public String branch() {
    return flake.branch();
  }

  /** The folder of the target's flake.nix, {@code .} for the root. */
  public String directory() {
    return flake.directory();
  }

  /** What to lock; {@link Revision#NONE} as long as only the tag is known. */
  public Revision revision() {
    return wanted.revision;
  }

  /** The tag that leads to the revision, where that was asked for. */
  public Optional<String> tag() {
    return wanted.tag;
  }

  /** The release's version, if the dispatch named one. */
  public Optional<Version> version() {
    return wanted.version;
  }

  /** The delivery's id, or empty for a job that no delivery caused. */
  public Optional<String> delivery() {
    return request.delivery;
  }

  /** What the job depends on, if that is not known yet. */
  public Optional<UnlistedPush> push() {
    return request.push;
  }

  /** Who asked for it. */
  public Cause cause() {
    return request.cause;
  }

  /** When the dispatch came in. */
  public Instant firstSeen() {
    return request.at;
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
