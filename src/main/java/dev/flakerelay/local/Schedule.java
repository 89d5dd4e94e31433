package dev.flakerelay.local;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does things again and again, whatever becomes of them. */
final class Schedule implements AutoCloseable {
  /** How long a task that was interrupted is waited for. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** One thing to do. */
  @FunctionalInterface
  interface Task {
    void run() throws QueueUnavailableException;
  }

  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(3, Thread.ofPlatform().daemon().factory());
  private final EventLog log;

  /** A schedule that has nothing to do. */
  Schedule(EventLog log) {
    this.log = log;
  }

  /**
   * Does something for the first time after a period, and again a period after it is done.
   *
   * @param what the event that a failure is told as
   */
  void every(Duration period, String what, Task task) {
    long millis = period.toMillis();
    var _ =
        threads.scheduleWithFixedDelay(
            () -> guarded(what, task), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Does something once, now. */
  void once(String what, Task task) {
    threads.execute(() -> guarded(what, task));
  }

  private void guarded(String what, Task task) {
    try {
      attempt(what, task);
    } catch (RuntimeException | Error e) {
      // It could not even be told. The schedule would end here, and nobody would miss it.
    }
  }

  private void attempt(String what, Task task) {
    try {
      task.run();
    } catch (QueueUnavailableException e) {
      log.warn(what, Map.of("reason", e.getMessage()));
    } catch (RuntimeException e) {
      log.warn(what, Map.of("reason", e.toString()));
    } catch (Error e) {
      log.error(what, Map.of("reason", e.toString()));
    }
  }

  /** Begins nothing more; {@link #close} then waits for what is interrupted. */
  void stop() {
    threads.shutdownNow();
  }

  @Override
  public void close() {
    stop();
    try {
      // What it was at was interrupted, and still writes for a moment.
      boolean ignored = threads.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
