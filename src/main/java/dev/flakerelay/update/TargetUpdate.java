package dev.flakerelay.update;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Config;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings one target up to date with all jobs that ask for it, one commit for each dispatch. Of
 * several jobs for one input the newest is done first, and the others find that there is nothing
 * left to do; should the newest be impossible, the next newest has its turn.
 */
public final class TargetUpdate {
  private final Config config;
  private final Workshop workshop;
  private final @Nullable Rehearsal rehearsal;
  private final LastSeen seen = new LastSeen();

  /** Updates targets as the configuration says. */
  public TargetUpdate(Config config, Workshop workshop) {
    this(config, workshop, null);
  }

  /**
   * The same without a push.
   *
   * @param rehearsal is shown what would be pushed; null: it is pushed
   */
  public TargetUpdate(Config config, Workshop workshop, @Nullable Rehearsal rehearsal) {
    this.config = config;
    this.workshop = workshop;
    this.rehearsal = rehearsal;
  }

  /**
   * Does jobs of one target.
   *
   * @param jobs all of the same repository, branch and directory, in the order of the queue
   * @return one result for each job
   */
  public List<Result> run(List<Job> jobs) {
    return run(jobs, Instant.MAX);
  }

  /**
   * The same where time is short.
   *
   * @param until nothing is begun that may take longer; its jobs must be tried again
   */
  public List<Result> run(List<Job> jobs, Instant until) {
    if (!workshop.hasTimeBefore(until)) {
      Progress progress = new Progress(jobs);
      progress.tryAgain(new RetryableException("there was no time left for it in this invocation"));
      return progress.results();
    }
    return run(jobs, Deadline.in(workshop.longest()));
  }

  /** The same within so much time; what it does not suffice for must be tried again. */
  List<Result> run(List<Job> jobs, Deadline deadline) {
    Workshop tools = workshop.within(deadline);
    Repositories repositories = tools.repositories();
    Progress progress = new Progress(jobs);
    List<Assignment> pending = new ArrayList<>();
    for (Job job : jobs) {
      try {
        pending.add(Assignment.of(config, job));
      } catch (PermanentException e) {
        progress.reject(job, Optional.empty(), e);
      }
    }
    try (Histories histories = new Histories(repositories, progress.steps())) {
      List<Secret> secret = repositories.credentials().secrets();
      if (!secret.isEmpty()) {
        tools.engine().prepareForToken();
      }
      beginEarly(pending, histories);
      while (!pending.isEmpty()) {
        if (deadline.isOver()) {
          throw new RetryableException("the time that one job may take was over before");
        }
        try (TargetSession session =
            progress
                .steps()
                .time("fetch", () -> TargetSession.open(repositories, jobs.getFirst()))) {
          new HeadUpdate(tools, session, histories, seen, rehearsal, progress).run(pending);
        } catch (PermanentException e) {
          pending.forEach(each -> progress.reject(each.job(), Optional.empty(), e));
        }
        pending.removeIf(each -> progress.isDone(each.job()));
      }
      // A secret is kept for minutes: who takes the old token away as soon as there is a new one
      // would lose what comes in meanwhile.
      if (progress.hasRejected() && !repositories.credentials().refreshed(secret).equals(secret)) {
        progress.tryRejectedAgain("; meanwhile the secret that opens it was replaced");
      }
    } catch (RetryableException e) {
      progress.tryAgain(e);
    } catch (JobException | RuntimeException | Error e) {
      // Even an error of the machine: what is not told here would end without an outcome.
      progress.tryAgain(MachineFailure.of(e));
    }
    return progress.results();
  }

  /** What the target locks is likely what it was made to lock the last time. */
  private void beginEarly(List<Assignment> pending, Histories histories) {
    if (pending.isEmpty() || !pending.getFirst().job().isResolved()) {
      return;
    }
    Assignment first = pending.getFirst();
    Revision requested = first.job().revision();
    Optional<LastSeen.Input> input = seen.of(first.job());
    Optional<Revision> locked = input.flatMap(LastSeen.Input::locked);
    boolean isLikely =
        locked.isPresent()
            && !locked.get().equals(requested)
            && pending.stream().allMatch(each -> each.job().revision().equals(requested));
    if (isLikely) {
      SourceBranch source = first.route().source().orElse(input.get().source());
      histories.begin(source, first.job(), locked.get(), requested);
    }
  }
}
