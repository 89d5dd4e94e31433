package dev.flakerelay.update;

import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.publish.CommitText;
import dev.flakerelay.update.publish.Publisher;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What has become of each job of a run, so far. */
final class Progress {
  /**
   * How long after it was announced a revision, branch or tag may be missing at the source: a
   * forge's servers learn of a push one after the other.
   */
  private static final Duration MAY_STILL_COME = Duration.ofMinutes(3);

  private static final Duration SOON = Duration.ofSeconds(3);

  private final List<Job> jobs;
  private final Map<Job, Result> done = new HashMap<>();
  private final Map<Job, Job> known = new HashMap<>();
  private final Map<String, SourceBranch> sources = new HashMap<>();
  private final Steps steps = new Steps();
  private int races;

  Progress(List<Job> jobs) {
    this.jobs = List.copyOf(jobs);
  }

  Steps steps() {
    return steps;
  }

  boolean isDone(Job job) {
    return done.containsKey(latest(job));
  }

  /** It is known where a job's revision comes from. */
  void comesFrom(Job job, SourceBranch source) {
    sources.put(job.route() + " " + job.subject(), source);
  }

  /** A job's commit is known now. */
  Assignment learnt(Job before, Assignment now) {
    if (!before.equals(now.job())) {
      known.put(before, now.job());
    }
    return now;
  }

  private Job latest(Job job) {
    Job now = known.get(job);
    return now == null ? job : latest(now);
  }

  void end(
      Outcome.Kind kind,
      Job job,
      Optional<Revision> locked,
      Optional<Revision> commit,
      Optional<String> reason) {
    end(new Outcome(kind, job, locked, commit, reason, steps.times(), steps.total()));
  }

  void publish(CommitText.Move move, Publisher.Published made) {
    end(
        new Outcome(
            made.kind(),
            move.assignment().job(),
            made.locked().or(move::previous),
            made.commit(),
            made.pullRequest(),
            made.reason(),
            steps.times(),
            steps.total(),
            Optional.empty(),
            steps.engine()));
  }

  private void end(Outcome outcome) {
    done.put(outcome.job(), new Result.Ended(outcome));
  }

  /** It can't be done; but what was announced a moment ago and is not there may come. */
  void judge(Job job, Optional<Revision> locked, PermanentException why) {
    Duration age = Duration.between(job.firstSeen(), Instant.now());
    boolean mayCome =
        why instanceof NotThereException
            && job.cause() != Job.Cause.COMMAND
            && age.compareTo(MAY_STILL_COME) < 0;
    if (mayCome) {
      String since = "announced " + Math.max(0, age.toSeconds()) + " s ago, it may still come";
      done.put(
          job,
          new Result.Again(
              job,
              new RetryableException(why.getMessage() + " (" + since + ")", why, untilNext(age)),
              steps.total()));
    } else {
      reject(job, locked, why);
    }
  }

  /** So long that the fifth and last try comes after all that time, and the first ones soon. */
  private static Duration untilNext(Duration age) {
    Duration wait = age.multipliedBy(3);
    Duration left = MAY_STILL_COME.minus(age).plus(SOON);
    Duration capped = wait.compareTo(left) < 0 ? wait : left;
    return capped.compareTo(SOON) < 0 ? SOON : capped;
  }

  void reject(Job job, Optional<Revision> locked, PermanentException why) {
    end(Outcome.Kind.REJECTED, job, locked, Optional.empty(), Optional.of(why.getMessage()));
  }

  /** All that is left must come again: the order within a target is kept. */
  void tryAgain(RetryableException why) {
    for (Job job : jobs) {
      done.putIfAbsent(latest(job), new Result.Again(job, why, steps.total()));
    }
  }

  /** What was rejected must come again: it was judged by something that holds no more. */
  void tryRejectedAgain(String why) {
    done.replaceAll(
        (job, result) ->
            result instanceof Result.Ended(Outcome outcome)
                    && outcome.kind() == Outcome.Kind.REJECTED
                ? new Result.Again(
                    job,
                    new RetryableException(outcome.reason().orElse("it was rejected") + why),
                    steps.total())
                : result);
  }

  /** Whether a job was rejected. */
  boolean hasRejected() {
    return done.values().stream()
        .anyMatch(
            result ->
                result instanceof Result.Ended(Outcome outcome)
                    && outcome.kind() == Outcome.Kind.REJECTED);
  }

  /** Counts one more push that came too late. */
  int countRace() {
    races++;
    return races;
  }

  /** One result a job, in the order of the jobs; the same job twice has the same result twice. */
  List<Result> results() {
    List<Result> results = new ArrayList<>();
    for (Job job : jobs) {
      Result result = done.get(latest(job));
      if (result != null) {
        String key = job.route() + " " + job.subject();
        results.add(result.from(Optional.ofNullable(sources.get(key))));
      }
    }
    return results;
  }
}
