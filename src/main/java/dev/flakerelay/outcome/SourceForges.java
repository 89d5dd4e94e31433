package dev.flakerelay.outcome;

import dev.flakerelay.JobException;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.queue.Job;
import java.util.Optional;

/** Opens the forges of sources. */
@FunctionalInterface
public interface SourceForges {
  /**
   * A source's forge.
   *
   * @return empty if it is not known to be on one, or no token opens it
   */
  Optional<Forge> of(SourceBranch source, Job job) throws JobException;
}
