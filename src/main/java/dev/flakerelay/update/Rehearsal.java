package dev.flakerelay.update;

import dev.flakerelay.queue.Job;

/** Is shown the locks of updates that are made and proven, and not pushed. */
public interface Rehearsal {
  /**
   * A lock was made.
   *
   * @param job one of those that it is made for
   * @param lock what would be committed
   */
  void made(Job job, NewLock lock);

  /** Whether a lock is made even where the target locks the revision already, or a newer one. */
  boolean always();

  /**
   * A changed lock file.
   *
   * @param path from the repository's root
   * @param before its content on the branch
   * @param after its content to be
   */
  // The arrays are read, never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record NewLock(String path, byte[] before, byte[] after) {}
}
