package dev.flakerelay.lock;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import java.util.List;
import java.util.Map;

/** A way to make some locks in less time than a {@link LockEngine} that makes them all. */
public interface ShortCut {
  /** What it is called in the log. */
  String name();

  /** Does what {@link LockEngine#prepare} does. */
  void prepare(
      Map<String, byte[]> files, String directory, Map<String, String> overrides, Deadline limit);

  /**
   * Makes a lock as {@link LockEngine#lock} does.
   *
   * @param limit when it must have ended
   * @throws UnfitException if it does not make this one, or something failed: the other engine
   *     makes it, or says what is wrong
   * @throws JobException if the time is over, or a server said what it would say to every engine
   */
  byte[] lock(
      Map<String, byte[]> files,
      String directory,
      Map<String, String> overrides,
      List<ForgeToken> tokens,
      Deadline limit)
      throws UnfitException, JobException;
}
