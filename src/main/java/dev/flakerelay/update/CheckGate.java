package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Checks;
import dev.flakerelay.forge.CheckResults;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.queue.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Lets a revision through once the source's own checks have succeeded, where a route says so. */
record CheckGate(Repositories repositories) {
  private static final Duration SOONEST = Duration.ofMinutes(1);
  private static final Duration LATEST = Duration.ofMinutes(15);
  private static final int MOST_NAMES = 5;

  /**
   * Asks for a job's revision.
   *
   * @return why it must be asked again later; empty if the checks have succeeded
   * @throws NotThereException if nothing has checked the revision
   * @throws PermanentException if a check failed, or nobody can be asked
   */
  Optional<RetryableException> ask(Assignment assignment, SourceBranch source) throws JobException {
    if (assignment.route().checks() != Checks.REQUIRED) {
      return Optional.empty();
    }
    Job job = assignment.job();
    Optional<Forge> forge = repositories.checksForge(source, job);
    if (forge.isEmpty()) {
      throw new PermanentException(
          "could not read the checks of "
              + source.url()
              + ": `checks: required` needs a source on GitHub, and a token or an App for it");
    }
    CheckResults results = forge.get().checks(job.revision());
    String revision = job.revision().hex();
    if (!results.failed().isEmpty()) {
      throw new PermanentException(
          "checks of " + revision + " failed at its source: " + names(results.failed()));
    }
    if (!results.pending().isEmpty()) {
      return Optional.of(
          new RetryableException(
              "checks of " + revision + " have not ended: " + names(results.pending()),
              untilNext(Duration.between(job.firstSeen(), Instant.now()))));
    }
    if (results.isEmpty()) {
      throw new NotThereException(
          "nothing has checked "
              + revision
              + " at its source: `checks: required` needs at least one check");
    }
    return Optional.empty();
  }

  private static String names(List<String> all) {
    String first = String.join(", ", all.subList(0, Math.min(all.size(), MOST_NAMES)));
    return all.size() > MOST_NAMES ? first + " and " + (all.size() - MOST_NAMES) + " more" : first;
  }

  /** Twice as long each time: builds may take half an hour, and there are five tries. */
  private static Duration untilNext(Duration age) {
    Duration wait = age.multipliedBy(2);
    return wait.compareTo(SOONEST) < 0 ? SOONEST : wait.compareTo(LATEST) > 0 ? LATEST : wait;
  }
}
