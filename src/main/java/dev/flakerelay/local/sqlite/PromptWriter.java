package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes one after the other, on a thread of its own, so that nobody waits longer than a sender
 * does: GitHub hangs up after 10 seconds.
 */
final class PromptWriter implements AutoCloseable {
  /** Longer than SQLite waits for another process (3 seconds, the driver's default). */
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  /** Writes something. */
  @FunctionalInterface
  interface Write<T> {
    /** Does it. */
    T now() throws QueueUnavailableException;
  }

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("queue").daemon().factory());

  /**
   * Writes, and waits until that is done.
   *
   * @param what for the sentence "Tried to … but …"
   * @throws QueueUnavailableException if it fails or takes too long; then it is done later if it
   *     had begun, and never if it had not
   */
  <T> T write(String what, Write<T> write) throws QueueUnavailableException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    boolean interrupted = false;
    Future<T> written = null;
    try {
      written = writer.submit(write::now);
      while (true) {
        try {
          return written.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // it is wanted all the same
        }
      }
    } catch (RejectedExecutionException e) {
      throw new QueueUnavailableException("Tried to " + what + " but the queue is closed", e);
    } catch (TimeoutException e) {
      written.cancel(false);
      throw new QueueUnavailableException(
          "Tried to " + what + " but the disk has not answered for " + PATIENCE.toSeconds() + " s",
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof QueueUnavailableException why) {
        throw why;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Takes nothing more; what is begun is done. */
  @Override
  public void close() {
    writer.shutdown();
  }
}
