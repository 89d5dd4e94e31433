package dev.flakerelay.git.transport;

import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends what takes too long. A limit to a server's silence does not: it may send a byte now and
 * then, for ever.
 */
public final class TimeLimit {
  private TimeLimit() {}

  /**
   * Does the work on a virtual thread: other than a platform thread it leaves a socket when it is
   * interrupted. It has ended when this returns.
   *
   * @throws TimeoutException if it was interrupted as its time was up
   */
  public static <T> T hold(Duration time, Work<T> work)
      throws IOException, JobException, TimeoutException {
    FutureTask<T> task = new FutureTask<>(work::run);
    Thread thread = Thread.ofVirtual().name("git").start(task);
    try {
      return task.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } catch (TimeoutException e) {
      end(thread);
      if (task.state() == FutureTask.State.SUCCESS) {
        return task.resultNow();
      }
      throw e;
    } catch (InterruptedException e) {
      end(thread);
      Thread.currentThread().interrupt();
      throw new RetryableException("interrupted while talking to a Git server", e);
    }
  }

  private static IOException unwrapped(ExecutionException failure)
      throws IOException, JobException {
    return switch (failure.getCause()) {
      case JobException e -> throw e;
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new IllegalStateException(failure);
    };
  }

  /** Once may not be enough: JGit interrupts its own threads, and clears that again. */
  private static void end(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      thread.interrupt();
      try {
        boolean ignored = thread.join(Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What takes a while. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException, JobException;
  }
}
