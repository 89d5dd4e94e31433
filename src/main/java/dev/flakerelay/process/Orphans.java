package dev.flakerelay.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Programs that outlived the process that had started them: one that is killed has no time to end
 * them. They are known by the folder that they work in ("proc_pid_cwd" in Linux's manual).
 */
final class Orphans {
  private Orphans() {}

  /**
   * Ends all that work in a folder or below, and returns when they have ended.
   *
   * @param folder without symbolic links in its path
   */
  static void endIn(Path folder) {
    Killing.until(
        () -> in(folder).isEmpty(), () -> in(folder).forEach(ProcessHandle::destroyForcibly));
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
