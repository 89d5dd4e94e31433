package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.nix.LockedInput;
import dev.flakerelay.queue.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether what a configuration names is really there; changes nothing. */
public final class TargetCheck {
  private final Repositories repositories;

  /** Looks with the same means that updates are made with. */
  public TargetCheck(Repositories repositories) {
    this.repositories = repositories;
  }

  /** Looks at every input of every target. */
  public List<Finding> run(List<Route> routes) {
    List<Finding> findings = new ArrayList<>();
    for (Route route : routes) {
      for (Target target : route.targets()) {
        findings.addAll(look(route, target));
      }
    }
    return findings;
  }

  private List<Finding> look(Route route, Target target) {
    List<Finding> findings = new ArrayList<>();
    String name = route.name() + ": " + target.repository() + " " + target.branch();
    Job any = job(route, target, target.inputs().getFirst());
    try (TargetSession session = TargetSession.open(repositories, any)) {
      for (String submodule : target.submodules()) {
        session.branch().submodule(submodule);
      }
      for (String input : target.inputs()) {
        findings.add(look(route, session, job(route, target, input), name + " " + input));
      }
    } catch (JobException e) {
      findings.add(new Finding(false, name + ": " + e.getMessage()));
    }
    return findings;
  }

  private Finding look(Route route, TargetSession session, Job job, String name) {
    try {
      LockedInput input = session.lock().input(job.input());
      SourceBranch source = route.source().isPresent() ? route.source().get() : input.branch();
      Revision head = repositories.head(source, job);
      String locked = input.revision().map(Revision::abbreviated).orElse("no revision");
      return new Finding(
          true,
          name
              + " is locked at "
              + locked
              + ", its source "
              + source
              + " is at "
              + head.abbreviated());
    } catch (JobException e) {
      return new Finding(false, name + ": " + e.getMessage());
    }
  }

  private static Job job(Route route, Target target, String input) {
    return new Job(
        route.name(),
        target.repository(),
        target.branch(),
        target.directory(),
        input,
        new Revision("0".repeat(40)),
        Optional.empty(),
        Optional.empty(),
        Job.Cause.COMMAND,
        1,
        Instant.EPOCH);
  }

  /**
   * One thing that was looked at.
   *
   * @param good whether it is as it should be
   * @param text what was seen
   */
  public record Finding(boolean good, String text) {}
}
