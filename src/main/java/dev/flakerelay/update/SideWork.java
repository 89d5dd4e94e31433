package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work that is done beside other work, on a thread of its own. Closing it ends it, if it has not
 * ended yet; nothing of it is left then.
 *
 * @param <T> what comes of it
 */
final class SideWork<T> implements AutoCloseable {
  private final FutureTask<T> task;
  private final Thread thread;

  private SideWork(FutureTask<T> task, Thread thread) {
    this.task = task;
    this.thread = thread;
  }

  /** Begins it. */
  static <T> SideWork<T> begin(String name, Steps.Step<T> work) {
    FutureTask<T> task = new FutureTask<>(work::run);
    return new SideWork<>(task, Thread.ofVirtual().name(name).start(task));
  }

  /**
   * Waits for what comes of it; asked twice, it says the same.
   *
   * @throws JobException if the work threw it
   */
  T result() throws JobException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case JobException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (CancellationException e) {
      throw new IllegalStateException("it was ended before", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetryableException("interrupted while waiting for " + thread.getName(), e);
    }
  }

  @Override
  public void close() {
    boolean interrupted = false;
    boolean ignored = task.cancel(true);
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
