package dev.flakerelay.outcome;

import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.VisibleText;
import dev.flakerelay.queue.Job;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a job; each job ends in exactly one.
 *
 * @param kind which
 * @param job the job
 * @param locked the revision that the target's branch locks now, where that is known
 * @param commit the commit on the target's branch, or on the pull request's, for {@link
 *     Kind#UPDATED}
 * @param pullRequest the page of the pull request that proposes it, where the route publishes so
 * @param reason why, in one sentence, for all kinds but {@link Kind#UPDATED}
 * @param steps how long each step took, in the order in which they were taken
 * @param duration how long all took
 * @param source where the revision comes from, as far as that is known
 * @param engine what made the lock, for {@link Kind#UPDATED}
 */
public record Outcome(
    Kind kind,
    Job job,
    Optional<Revision> locked,
    Optional<Revision> commit,
    Optional<String> pullRequest,
    Optional<String> reason,
    Map<String, Duration> steps,
    Duration duration,
    Optional<SourceBranch> source,
    Optional<Engine> engine) {

  /** A reason is one line of at most 1 KB, whoever wrote what it quotes. */
  public Outcome {
    reason = reason.map(VisibleText::reason);
  }

  /** An outcome without a lock. */
  public Outcome(
      Kind kind,
      Job job,
      Optional<Revision> locked,
      Optional<Revision> commit,
      Optional<String> reason,
      Map<String, Duration> steps,
      Duration duration) {
    this(
        kind,
        job,
        locked,
        commit,
        Optional.empty(),
        reason,
        steps,
        duration,
        Optional.empty(),
        Optional.empty());
  }

  /** The same, once it is known where the revision comes from. */
  public Outcome from(Optional<SourceBranch> where) {
    return new Outcome(
        kind, job, locked, commit, pullRequest, reason, steps, duration, where, engine);
  }

  /**
   * What made a lock.
   *
   * @param name {@code archive} or {@code nix}
   * @param reason why it was not the faster one, where that was asked first
   */
  public record Engine(String name, Optional<String> reason) {}

  /** The five ends of a job. */
  public enum Kind {
    /** A commit was pushed, or a pull request was opened or brought up to date. */
    UPDATED,
    /** That revision is locked already. */
    UNCHANGED,
    /** A newer one is locked, or queued. */
    SUPERSEDED,
    /** No retry can help. */
    REJECTED,
    /** Retries are used up; the job is kept in the dead-letter queue. */
    FAILED;

    /** As it is written in log lines and to people. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Whether nothing went wrong: the target locks what was asked for or something newer, or an open
   * pull request proposes it.
   */
  public boolean isGood() {
    return kind == Kind.UPDATED || kind == Kind.UNCHANGED || kind == Kind.SUPERSEDED;
  }

  /**
   * The fields of the log line: {@code outcome route target input requested locked delivery cause
   * attempt duration_ms}, of which {@code locked} and {@code delivery} are null where there is
   * none, and where they apply {@code job}, {@code version}, {@code commit}, {@code pull_request},
   * {@code reason}, {@code engine}, {@code engine_reason}, and {@code NAME_ms} for each step.
   */
  public Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("outcome", kind.key());
    fields.put("route", job.route());
    fields.put("target", job.target());
    fields.put("input", job.input());
    fields.put("requested", job.requested());
    fields.put("locked", locked.map(Revision::hex).orElse(null));
    job.version().ifPresent(version -> fields.put("version", version.text()));
    commit.ifPresent(id -> fields.put("commit", id.hex()));
    pullRequest.ifPresent(url -> fields.put("pull_request", url));
    reason.ifPresent(why -> fields.put("reason", why));
    fields.put("delivery", job.delivery().orElse(null));
    fields.put("cause", job.cause().key());
    fields.put("job", job.id());
    fields.put("attempt", job.attempt());
    fields.put("duration_ms", duration.toMillis());
    engine.ifPresent(
        made -> {
          fields.put("engine", made.name());
          made.reason().ifPresent(why -> fields.put("engine_reason", why));
        });
    steps.forEach((step, time) -> fields.put(step + "_ms", time.toMillis()));
    return fields;
  }
}
