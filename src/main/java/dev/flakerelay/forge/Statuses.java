package dev.flakerelay.forge;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import java.util.List;

/**
 * The statuses of one repository's commits. A forge keeps every one that was written.
 *
 * <p>Every method throws a {@link PermanentException} with the forge's own words if it refuses, and
 * a {@link RetryableException} if it could not be asked, failed, or wants to be asked later.
 */
public interface Statuses extends AutoCloseable {
  /** Writes one. */
  void set(Revision commit, CommitStatus status) throws JobException;

  /** The newest of one context, the newest first; 100 at most of all contexts are looked at. */
  List<CommitStatus> of(Revision commit, String context) throws JobException;

  @Override
  void close();
}
