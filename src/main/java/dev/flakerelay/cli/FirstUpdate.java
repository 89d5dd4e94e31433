package dev.flakerelay.cli;

import dev.flakerelay.JobException;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.app.Relay;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.update.Rehearsal;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.update.TargetUpdate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries what the first job would do, to the push and without it: whether the server would take one,
 * whether the source may be answered, whether flake.nix is read, and whether the head of the
 * source's branch can be locked.
 */
final class FirstUpdate implements Rehearsal {
  private final Repositories repositories;
  private final Config config;
  private final Optional<TargetUpdate> update;
  private final Map<String, Optional<String>> pushes = new HashMap<>();

  /**
   * A try.
   *
   * @param withNix else only the push is tried
   */
  FirstUpdate(Relay relay, boolean withNix) throws SetupException {
    this.repositories = relay.repositories();
    this.config = relay.config();
    try {
      this.update = withNix ? Optional.of(relay.rehearse(this)) : Optional.empty();
    } catch (JobException e) {
      throw new SetupException(e.getMessage(), e);
    }
  }

  /** What is wrong with it, if it can be seen before. */
  Optional<String> problem(Comparison.Finding.Seen seen) {
    Job job = seen.job();
    return pushes
        .computeIfAbsent(job.route() + " " + job.flake(), _ -> push(job, seen.source()))
        .or(() -> lock(job));
  }

  private Optional<String> push(Job job, SourceBranch source) {
    try {
      repositories.requirePush(job);
      Route route = config.routes().get(job.route());
      if (route != null) {
        repositories.requirePublishing(job, route);
        repositories.requireAnswering(source, job, route, config.reports(route));
      }
      return Optional.empty();
    } catch (JobException e) {
      return Optional.of(e.getMessage());
    }
  }

  private Optional<String> lock(Job job) {
    return update.flatMap(
        each ->
            ForegroundUpdate.run(each, List.of(job)).stream()
                .filter(outcome -> !outcome.isGood())
                .findFirst()
                .flatMap(Outcome::reason));
  }

  @Override
  public void made(Job job, NewLock lock) {
    // That it could be made is enough.
  }

  @Override
  public boolean always() {
    return true;
  }
}
