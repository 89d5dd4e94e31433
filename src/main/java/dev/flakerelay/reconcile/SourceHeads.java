package dev.flakerelay.reconcile;

import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.RemoteHead;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Repositories;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The newest commits of sources' branches, each asked for once. A forge is asked by its API where a
 * token makes that affordable, and everybody else over Git; so is the forge when its API fails, and
 * for the rest of the time when it wants to be left alone.
 */
final class SourceHeads {
  private final Map<SourceBranch, Revision> known = new HashMap<>();
  private final Map<SourceBranch, JobException> failed = new HashMap<>();
  private boolean limited;

  /** The head of a source's branch, opened as a job's source is. */
  Revision of(SourceBranch source, Job job, Repositories repositories) throws JobException {
    JobException why = failed.get(source);
    if (why != null) {
      throw why;
    }
    Revision head = known.get(source);
    if (head == null) {
      try {
        head = ask(source, job, repositories);
      } catch (JobException e) {
        failed.put(source, e);
        throw e;
      }
      known.put(source, head);
    }
    return head;
  }

  private Revision ask(SourceBranch source, Job job, Repositories repositories)
      throws JobException {
    Optional<Revision> fromApi = fromApi(source, job, repositories);
    return fromApi.isPresent()
        ? fromApi.get()
        : RemoteHead.of(
            new GitRemote(
                source.url(), repositories.tokenFor(source, job), repositories.deadline()),
            source.branch());
  }

  private Optional<Revision> fromApi(SourceBranch source, Job job, Repositories repositories) {
    try {
      Optional<Forge> forge = limited ? Optional.empty() : repositories.forge(source, job);
      return forge.isPresent() ? Optional.of(forge.get().head(source.branch())) : Optional.empty();
    } catch (RetryableException e) {
      limited |= e.retryAfter().isPresent();
      return Optional.empty();
    } catch (JobException e) {
      return Optional.empty(); // Git says why
    }
  }
}
