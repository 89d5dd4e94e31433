package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.git.SourceHistory;
import dev.flakerelay.queue.Job;
import java.util.HashMap;
import java.util.Map;

/**
 * The histories of the sources that a run's jobs speak of, each fetched once: whatever the jobs ask
 * for was there before they were queued.
 */
final class Histories implements AutoCloseable {
  private final Repositories repositories;
  private final Steps steps;
  private final Map<SourceBranch, SourceHistory> fetched = new HashMap<>();

  Histories(Repositories repositories, Steps steps) {
    this.repositories = repositories;
    this.steps = steps;
  }

  /** How a revision relates to the locked one on a source's branch. */
  SourceHistory.Relation relation(SourceBranch source, Job job, Revision locked, Revision requested)
      throws JobException {
    return steps.time("history", () -> history(source, job).relation(locked, requested));
  }

  /** Whether a revision is on a source's branch. */
  boolean hasOnBranch(SourceBranch source, Job job, Revision revision) throws JobException {
    return steps.time("history", () -> history(source, job).has(revision));
  }

  private SourceHistory history(SourceBranch source, Job job) throws JobException {
    SourceHistory known = fetched.get(source);
    if (known == null) {
      known = repositories.history(source, job);
      fetched.put(source, known);
    }
    return known;
  }

  @Override
  public void close() {
    fetched.values().forEach(SourceHistory::close);
    fetched.clear();
  }
}
