package dev.flakerelay.local;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Keeps messages hidden while they are worked on, however short the visibility timeout is. */
final class Heartbeat implements AutoCloseable {
  /** How many beats may fail before the messages become visible. */
  private static final int SPARE = 6;

  private final JobQueue queue;
  private final Duration beat;
  private final EventLog log;
  private final ScheduledThreadPoolExecutor scheduler =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("pump-heartbeat").daemon().factory());

  /**
   * Beats in this rhythm. Each beat hides the messages for six times as long, and the first one
   * comes after one beat: a short job costs nothing.
   */
  Heartbeat(JobQueue queue, Duration beat, EventLog log) {
    this.queue = queue;
    this.beat = beat;
    this.log = log;
    scheduler.setRemoveOnCancelPolicy(true);
  }

  /** Keeps a batch hidden until the result is closed. */
  Beating keepHidden(List<Message> batch) {
    return new Beating(batch);
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }

  /** For one batch. */
  final class Beating implements AutoCloseable {
    private final List<Message> batch;
    private final Future<?> beats;
    private boolean closed;

    private Beating(List<Message> batch) {
      this.batch = batch;
      this.beats =
          scheduler.scheduleWithFixedDelay(
              this::beat, beat.toMillis(), beat.toMillis(), TimeUnit.MILLISECONDS);
    }

    // Never after close: it would hide what was put back.
    private synchronized void beat() {
      if (closed) {
        return;
      }
      try {
        for (Message message : batch) {
          queue.extend(message, beat.multipliedBy(SPARE));
        }
      } catch (QueueUnavailableException e) {
        log.warn("messages-not-kept-hidden", Map.of("reason", e.getMessage()));
      } catch (RuntimeException | Error e) {
        // Or this would have been the last beat.
        log.warn("messages-not-kept-hidden", Map.of("reason", e.toString()));
      }
    }

    /** Returns when no beat is under way, and none will come. */
    @Override
    public synchronized void close() {
      closed = true;
      beats.cancel(false);
    }
  }
}
