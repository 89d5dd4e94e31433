package dev.flakerelay.forge;

import dev.flakerelay.JobException;
import dev.flakerelay.Relation;
import dev.flakerelay.Revision;

/**
 * A branch's history as its forge compares commits, without fetching anything.
 *
 * <p>Every method throws a {@link JobException} if the forge refuses, does not know a revision,
 * could not be asked, or wants to be asked later. An answer may be a moment older than a push.
 */
public interface BranchComparison extends AutoCloseable {
  /** How {@code requested} relates to {@code locked}. */
  Relation relation(Revision locked, Revision requested) throws JobException;

  /** Whether a revision is on the branch. */
  boolean has(Revision revision) throws JobException;

  @Override
  void close();
}
