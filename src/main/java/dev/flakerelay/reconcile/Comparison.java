package dev.flakerelay.reconcile;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.flake.LockedInput;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.MachineFailure;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.update.TargetSession;
import dev.flakerelay.update.Workshop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sets what targets lock beside what their sources' branches are at. Reads a target's flake.nix and
 * flake.lock, and of a source the head of its branch; changes nothing.
 */
public final class Comparison {
  /** For one target: its server and its source's may both be silent for half a minute. */
  private static final Duration LONGEST = Duration.ofSeconds(65);

  private final Repositories repositories;
  private final InstantSource clock;

  /** Looks with the same means that updates are made with. */
  public Comparison(Repositories repositories, InstantSource clock) {
    this.repositories = repositories;
    this.clock = clock;
  }

  /**
   * Looks at every input of every target of the routes, in the configuration's order; at a target
   * when the stream gets there.
   *
   * @param until no target is looked at that may take longer; it counts as failed
   */
  public Stream<Finding> of(Collection<Route> routes, Instant until) {
    SourceHeads heads = new SourceHeads();
    return routes.stream()
        .flatMap(
            route ->
                route.targets().stream()
                    .flatMap(target -> look(route, target, heads, until).stream()));
  }

  private List<Finding> look(Route route, Target target, SourceHeads heads, Instant until) {
    if (Instant.now().plus(LONGEST).plus(Workshop.TO_END).isAfter(until)) {
      return failed(
          route, target, new RetryableException("there was no time left to look at it this time"));
    }
    List<Finding> findings = new ArrayList<>();
    Job any = job(route, target, target.inputs().getFirst(), Revision.NONE);
    Repositories limited = repositories.within(Deadline.in(LONGEST));
    try (TargetSession session = TargetSession.open(limited, any)) {
      for (String input : target.inputs()) {
        findings.add(look(route, target, input, session, heads, limited));
      }
      return findings;
    } catch (JobException e) {
      return failed(route, target, e);
    } catch (RuntimeException e) {
      // Whatever it is: other targets are looked at all the same.
      return failed(route, target, MachineFailure.of(e));
    }
  }

  private List<Finding> failed(Route route, Target target, JobException why) {
    List<Finding> findings = new ArrayList<>();
    for (String input : target.inputs()) {
      findings.add(new Finding.Failed(job(route, target, input, Revision.NONE), why));
    }
    return findings;
  }

  private Finding look(
      Route route,
      Target target,
      String input,
      TargetSession session,
      SourceHeads heads,
      Repositories limited) {
    Job probe = job(route, target, input, Revision.NONE);
    try {
      LockedInput locked = session.lock().input(input);
      SourceBranch source = route.source().isPresent() ? route.source().get() : locked.branch();
      Revision head = heads.of(source, probe, limited);
      boolean follows = session.submodulesAreAt(target.submodules(), head);
      return new Finding.Seen(
          job(route, target, input, head), source, locked.revision(), head, follows);
    } catch (JobException e) {
      return new Finding.Failed(probe, e);
    }
  }

  private Job job(Route route, Target target, String input, Revision revision) {
    Instant now = clock.instant();
    return new Job(
        route.name(),
        target.flake(),
        input,
        Job.Wanted.commit(revision),
        Job.Request.by(Job.Cause.RECONCILE, now),
        1);
  }

  /** What was found about one input of one target. */
  public sealed interface Finding {
    /** Route, target and input, and of what was seen also the revision that could be locked. */
    Job job();

    /**
     * Both were seen.
     *
     * @param job would lock the head
     * @param source the branch that the input comes from
     * @param locked what the target locks; empty if that has no revision
     * @param head the branch's newest commit
     * @param submodulesFollow whether the target's submodules that pin the source are at the head
     */
    record Seen(
        Job job,
        SourceBranch source,
        Optional<Revision> locked,
        Revision head,
        boolean submodulesFollow)
        implements Finding {
      /** Whether something else than the head is locked. */
      public boolean lags() {
        return !locked.equals(Optional.of(head)) || !submodulesFollow;
      }
    }

    /**
     * It could not be looked at.
     *
     * @param why what was tried and why it failed
     */
    record Failed(Job job, JobException why) implements Finding {}
  }
}
