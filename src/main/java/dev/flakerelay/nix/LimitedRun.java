package dev.flakerelay.nix;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.process.FolderSize;
import dev.flakerelay.process.ProcessTree;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Watches processes of nix, one after the other, within the limits that they share. */
final class LimitedRun {
  private final NixFolder folder;
  private final NixLimits limits;
  private final long begin = System.nanoTime();
  private final NixProcess.Watch watch;
  private final Deadline deadline;

  /**
   * A run that begins now.
   *
   * @param watch looks for what may not go on
   * @param deadline of the job that this is for
   */
  LimitedRun(NixFolder folder, NixLimits limits, NixProcess.Watch watch, Deadline deadline) {
    this.folder = folder;
    this.limits = limits;
    this.watch = watch;
    this.deadline = deadline;
  }

  /**
   * Waits for a process to end, and ends it with all that it started.
   *
   * @param attempt what it is to do, for messages
   * @throws PermanentException if it takes more than the limits, or does what may not be
   * @throws RetryableException if time ran out
   */
  int exitCode(Process process, String attempt) throws IOException, JobException {
    ProcessTree tree = new ProcessTree(process);
    try {
      Duration pause = Duration.ofMillis(20);
      while (!process.waitFor(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        long start = System.nanoTime();
        tree.look();
        check(attempt);
        if (start - begin > limits.time().toNanos()) {
          throw tooLong(attempt, tree.processorTime());
        }
        if (deadline.isOver()) {
          throw new RetryableException(
              attempt + ": it was stopped, as the time that one job may take was over");
        }
        // Looking at many files takes a while: no more than a fifth of the time goes there.
        Duration looked = Duration.ofNanos(System.nanoTime() - start);
        pause = looked.multipliedBy(4).plusMillis(20);
      }
      check(attempt);
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetryableException(attempt + ": it was interrupted", e);
    } finally {
      tree.kill();
    }
  }

  /** What computes all the time will do so the next time; what waits may be answered then. */
  private JobException tooLong(String attempt, Duration processor) {
    String words = attempt + ": it was stopped after " + limits.time().toSeconds() + " s";
    return processor.compareTo(limits.time().dividedBy(4)) > 0
        ? new PermanentException(
            words + ", of which it computed " + processor.toSeconds() + " s, which is the limit")
        : new RetryableException(words);
  }

  private void check(String attempt) throws IOException, PermanentException {
    Optional<String> breach = watch.breach();
    if (breach.isPresent()) {
      throw new PermanentException(attempt + ": " + breach.get());
    }
    FolderSize size = FolderSize.of(folder.path());
    if (size.bytes() > limits.folderBytes()) {
      throw tooMuch(attempt, "more than " + limits.folderBytes() + " bytes on disk");
    }
    if (size.files() > limits.folderFiles()) {
      throw tooMuch(attempt, "more than " + limits.folderFiles() + " files");
    }
  }

  /** It would take more than a limit. */
  static PermanentException tooMuch(String attempt, String what) {
    return new PermanentException(
        attempt + ": it was stopped, as the source would take " + what + ", which is the limit");
  }
}
