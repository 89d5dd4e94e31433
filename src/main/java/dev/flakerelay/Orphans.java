package dev.flakerelay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Programs that outlived the process that had started them: one that is killed has no time to end
 * them. They are known by the folder that they work in ("proc_pid_cwd" in Linux's manual).
 */
final class Orphans {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Orphans() {}

  /**
   * Ends all that work in a folder or below, and returns when they have ended.
   *
   * @param folder without symbolic links in its path
   */
  static void endIn(Path folder) {
    Instant end = Instant.now().plus(PATIENCE);
    List<ProcessHandle> left = in(folder);
    while (!left.isEmpty() && Instant.now().isBefore(end)) {
      left.forEach(ProcessHandle::destroyForcibly);
      LockSupport.parkNanos(1_000_000);
      left = in(folder);
    }
  }

  private static List<ProcessHandle> in(Path folder) {
    return ProcessHandle.allProcesses().filter(each -> worksIn(each, folder)).toList();
  }

  private static boolean worksIn(ProcessHandle process, Path folder) {
    try {
      Path place = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.readSymbolicLink(place).startsWith(folder);
    } catch (IOException | UnsupportedOperationException e) {
      return false; // it has ended, or is another user's
    }
  }
}
