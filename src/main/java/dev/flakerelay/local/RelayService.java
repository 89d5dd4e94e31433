package dev.flakerelay.local;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.local.http.WebhookServer;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.outcome.OutcomeListeners;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.RedriveLog;
import dev.flakerelay.reconcile.Reconciliation;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.update.UpdateBatch;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The whole program in one process: endpoint, queue, updates, the retry of dead letters, and
 * reconciliation.
 */
public final class RelayService implements AutoCloseable {
  /** How often dead letters are looked at; each waits for its own delay. */
  private static final Duration REDRIVE_EVERY = Duration.ofMinutes(1);

  /** How soon it is told that the queue's file is gone, if no delivery finds that out before. */
  private static final Duration CHECK_EVERY = Duration.ofSeconds(2);

  /** How long is waited for a schedule's task that was interrupted, and for the last reports. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final JobQueue queue;
  private final WebhookServer server;
  private final Pump pump;
  private final ScheduledExecutorService schedule;
  private final OutcomeListener listener;
  private final EventLog log;

  private RelayService(
      JobQueue queue,
      WebhookServer server,
      Pump pump,
      ScheduledExecutorService schedule,
      OutcomeListener listener,
      EventLog log) {
    this.queue = queue;
    this.server = server;
    this.pump = pump;
    this.schedule = schedule;
    this.listener = listener;
    this.log = log;
  }

  /**
   * What a service is made of.
   *
   * @param queue taken over: closed with the service, or when it can't start
   * @param workers how many targets are updated side by side
   * @param backoff how long a failed job waits for its next try
   * @param reconcileEvery how often what is locked is compared with the sources' branches; zero:
   *     never
   * @param listener is told what becomes of each message
   */
  public record Parts(
      Relay relay,
      JobQueue queue,
      Endpoint endpoint,
      int workers,
      Backoff backoff,
      Duration reconcileEvery,
      OutcomeListener listener) {}

  /**
   * Starts to accept and to work. If that fails, nothing of it is left, and the queue is closed.
   *
   * @throws IOException if the address can't be listened on
   * @throws QueueUnavailableException if the queue can't be read
   * @throws JobException if there is no nix
   */
  public static RelayService start(Parts parts)
      throws IOException, QueueUnavailableException, JobException {
    Relay relay = parts.relay();
    JobQueue queue = parts.queue();
    EventLog log = relay.log();
    @Nullable WebhookServer server = null;
    boolean started = false;
    try {
      OutcomeListener listener =
          new OutcomeListeners(List.of(new Rejections(queue), parts.listener()), log);
      UpdateBatch updates = relay.updates(queue, parts.backoff(), listener);
      Redrive redrive = relay.redrive(queue);
      server = WebhookServer.start(parts.endpoint(), relay.intake(queue, listener), log);
      updates.tellDead(queue.diedInHand());
      Pump pump =
          Pump.start(queue, parts.workers(), relay.sources()::of, relay.budget(), updates, log);
      ScheduledExecutorService schedule =
          Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().factory());
      RelayService service = new RelayService(queue, server, pump, schedule, listener, log);
      QueueCheck check = new QueueCheck(queue, log);
      service.every(CHECK_EVERY, "queue-check", check::run);
      service.every(REDRIVE_EVERY, "redrive", () -> RedriveLog.write(log, redrive.run()));
      if (parts.reconcileEvery().isPositive()) {
        Reconciliation reconciliation = relay.reconciliation(queue);
        service.every(parts.reconcileEvery(), "reconcile", () -> reconciliation.run(Instant.MAX));
      }
      started = true;
      return service;
    } finally {
      if (!started) {
        if (server != null) {
          server.close();
        }
        queue.close();
      }
    }
  }

  private void every(Duration period, String what, Task task) {
    Runnable guarded =
        () -> {
          try {
            attempt(what, task);
          } catch (RuntimeException | Error e) {
            // It could not even be told. The schedule would end here, and nobody would miss it.
          }
        };
    long millis = period.toMillis();
    var _ = schedule.scheduleWithFixedDelay(guarded, millis, millis, TimeUnit.MILLISECONDS);
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

  private interface Task {
    void run() throws QueueUnavailableException;
  }

  /** Where deliveries are posted to. */
  public URI webhook() {
    return server.url();
  }

  /** Stops to accept, finishes the jobs in hand, and closes the queue. */
  @Override
  public void close() {
    server.close();
    schedule.shutdownNow();
    pump.close();
    try {
      // What it was at was interrupted, and still writes for a moment.
      boolean ignored = schedule.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listener.finish(GRACE);
    queue.close();
  }
}
