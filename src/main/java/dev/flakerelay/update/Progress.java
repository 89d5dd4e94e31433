package dev.flakerelay.update;

import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.publish.CommitText;
import dev.flakerelay.update.publish.Proposal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What has become of each job of a run, so far. */
final class Progress {
  private final List<Job> jobs;
  private final Map<Job, Result> done = new HashMap<>();
  private final Steps steps = new Steps();
  private int races;

  Progress(List<Job> jobs) {
    this.jobs = List.copyOf(jobs);
  }

  Steps steps() {
    return steps;
  }

  boolean isDone(Job job) {
    return done.containsKey(job);
  }

  void end(
      Outcome.Kind kind,
      Job job,
      Optional<Revision> locked,
      Optional<Revision> commit,
      Optional<String> reason) {
    end(new Outcome(kind, job, locked, commit, reason, steps.times(), steps.total()));
  }

  /** The branch itself stays as it is, until the pull request is merged. */
  void propose(CommitText.Move move, Proposal.Made made) {
    end(
        new Outcome(
            made.kind(),
            move.assignment().job(),
            move.previous(),
            made.commit(),
            Optional.of(made.pullRequest()),
            made.reason(),
            steps.times(),
            steps.total()));
  }

  private void end(Outcome outcome) {
    done.put(outcome.job(), new Result.Ended(outcome));
  }

  void reject(Job job, Optional<Revision> locked, PermanentException why) {
    end(Outcome.Kind.REJECTED, job, locked, Optional.empty(), Optional.of(why.getMessage()));
  }

  /** All that is left must come again: the order within a target is kept. */
  void tryAgain(RetryableException why) {
    jobs.forEach(job -> done.putIfAbsent(job, new Result.Again(job, why, steps.total())));
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
      Result result = done.get(job);
      if (result != null) {
        results.add(result);
      }
    }
    return results;
  }
}
