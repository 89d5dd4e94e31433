package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.git.TargetBranch;
import dev.flakerelay.queue.Job;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A target as its branch's head has it: the flake's files, its lock, and the branch to push to. */
public final class TargetSession implements AutoCloseable {
  private final TargetBranch branch;
  private final Map<String, byte[]> files;
  private final String lockPath;
  private final FlakeLock lock;

  private TargetSession(
      TargetBranch branch, Map<String, byte[]> files, String lockPath, FlakeLock lock) {
    this.branch = branch;
    this.files = files;
    this.lockPath = lockPath;
    this.lock = lock;
  }

  /** Fetches the branch of a job's target. */
  public static TargetSession open(Repositories repositories, Job job) throws JobException {
    TargetBranch branch = repositories.fetch(job);
    try {
      String lockPath = path(job.directory(), "flake.lock");
      required(
          branch,
          path(job.directory(), "flake.nix"),
          job,
          "name its folder in the target's `directory`");
      byte[] lock = required(branch, lockPath, job, "run `nix flake lock` there once, and push");
      return new TargetSession(branch, branch.files(), lockPath, FlakeLock.parse(lock));
    } catch (JobException | RuntimeException | Error e) {
      branch.close();
      throw e;
    }
  }

  private static byte[] required(TargetBranch branch, String path, Job job, String advice)
      throws JobException {
    byte[] file = branch.files().get(path);
    if (file == null) {
      Optional<String> kind = branch.kindOf(path);
      throw new PermanentException(
          "there is no `"
              + path
              + "` on branch "
              + job.branch()
              + " of "
              + job.repository()
              + kind.map(other -> ", but " + other + " of that name: put the file itself there")
                  .orElse(": " + advice));
    }
    return file;
  }

  private static String path(String directory, String file) {
    return directory.equals(".") ? file : directory + "/" + file;
  }

  /** The branch. */
  public TargetBranch branch() {
    return branch;
  }

  /** Its flake.lock. */
  public FlakeLock lock() {
    return lock;
  }

  /** The files that nix needs, by path. */
  public Map<String, byte[]> files() {
    return files;
  }

  /** Where flake.lock is. */
  public String lockPath() {
    return lockPath;
  }

  /** Whether all submodules of a target that pin the source are at the revision. */
  public boolean submodulesAreAt(List<String> paths, Revision revision) throws JobException {
    for (String path : paths) {
      if (!branch.submodule(path).equals(revision)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    branch.close();
  }
}
