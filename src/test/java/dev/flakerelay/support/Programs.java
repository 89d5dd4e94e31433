package dev.flakerelay.support;

import java.time.Duration;
import java.util.List;

/** Processes of this machine. */
public final class Programs {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Programs() {}

  /**
   * Whether it has not ended. One that has, and that nobody has waited for, is there still, but
   * runs no program.
   */
  public static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  /** {@code kill -9}; returns when they have ended. */
  public static void kill(List<ProcessHandle> processes) {
    processes.forEach(ProcessHandle::destroyForcibly);
    Await.until(PATIENCE, () -> processes.stream().noneMatch(Programs::runs));
  }

  /**
   * Waits until nothing runs that this process started: a test's servers may be about to end
   * theirs.
   *
   * @throws AssertionError if something goes on
   */
  public static void awaitTheirEnd() {
    Await.until(PATIENCE, () -> ProcessHandle.current().descendants().noneMatch(Programs::runs));
  }
}
