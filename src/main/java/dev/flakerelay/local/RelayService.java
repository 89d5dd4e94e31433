package dev.flakerelay.local;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.local.http.WebhookServer;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.RedriveLog;
import dev.flakerelay.update.Backoff;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The whole program in one process: endpoint, queue, updates, the retry of dead letters, and
 * reconciliation.
 */
public final class RelayService implements AutoCloseable {
  /** How often dead letters are looked at; each waits for its own delay. */
  private static final Duration REDRIVE_EVERY = Duration.ofMinutes(1);

  /** How soon it is told that the queue's file is gone, if no delivery finds that out before. */
  private static final Duration CHECK_EVERY = Duration.ofSeconds(2);

  /** How long the last reports are waited for. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final JobQueue queue;
  private final CurrentAssembly assembly;
  private final Optional<Observation> observation;
  private final WebhookServer server;
  private final Pump pump;
  private final Schedule schedule;

  private RelayService(
      JobQueue queue,
      CurrentAssembly assembly,
      Optional<Observation> observation,
      WebhookServer server,
      Pump pump,
      EventLog log) {
    this.queue = queue;
    this.assembly = assembly;
    this.observation = observation;
    this.server = server;
    this.pump = pump;
    this.schedule = new Schedule(log);
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
   * @param observed how it can be looked at; empty: not at all
   */
  public record Parts(
      Relay relay,
      JobQueue queue,
      Endpoint endpoint,
      int workers,
      Backoff backoff,
      Duration reconcileEvery,
      OutcomeListener listener,
      Optional<Observed> observed) {}

  /**
   * Starts to accept and to work. If that fails, nothing of it is left, and the queue is closed.
   *
   * @throws IOException if the address can't be listened on
   * @throws QueueUnavailableException if the queue can't be read
   * @throws JobException if there is no nix
   */
  public static RelayService start(Parts parts)
      throws IOException, QueueUnavailableException, JobException {
    Deque<AutoCloseable> open = new ArrayDeque<>(List.of(parts.queue()));
    parts.observed().ifPresent(observed -> open.push(observed.journal()));
    boolean started = false;
    try {
      RelayService service = start(parts, open);
      started = true;
      return service;
    } finally {
      if (!started) {
        open.forEach(RelayService::closeQuietly);
      }
    }
  }

  private static RelayService start(Parts parts, Deque<AutoCloseable> open)
      throws IOException, QueueUnavailableException, JobException {
    Relay relay = parts.relay();
    JobQueue queue = parts.queue();
    EventLog log = relay.log();
    Optional<Observation> observation = Optional.empty();
    if (parts.observed().isPresent()) {
      observation = Optional.of(new Observation(parts.observed().get(), log));
      open.push(observation.get());
    }
    CurrentAssembly assembly =
        new CurrentAssembly(relay, queue, parts.backoff(), parts.listener(), observation);
    Redrive redrive = relay.redrive(queue);
    IntConsumer answered = observation.<IntConsumer>map(each -> each::answered).orElse(_ -> {});
    WebhookServer server =
        WebhookServer.start(parts.endpoint(), () -> assembly.get().intake(), answered, log);
    open.push(server);
    if (observation.isPresent()) {
      observation.get().show(() -> assembly.get().relay(), queue, redrive);
    }
    assembly.get().updates().tellDead(queue.diedInHand());
    Pump pump =
        Pump.start(
            queue,
            parts.workers(),
            message -> assembly.get().sources().of(message),
            relay.budget(),
            assembly,
            log);
    RelayService service = new RelayService(queue, assembly, observation, server, pump, log);
    service.schedule(parts.reconcileEvery(), redrive, log);
    return service;
  }

  private void schedule(Duration reconcileEvery, Redrive redrive, EventLog log) {
    QueueCheck check = new QueueCheck(queue, log);
    schedule.every(CHECK_EVERY, "queue-check", check::run);
    schedule.every(REDRIVE_EVERY, "redrive", () -> RedriveLog.write(log, redrive.run()));
    if (reconcileEvery.isPositive()) {
      schedule.every(
          reconcileEvery, "reconcile", () -> assembly.get().reconciliation().run(Instant.MAX));
    }
    observation.ifPresent(watch -> schedule.every(CHECK_EVERY, "journal", watch::catchUp));
  }

  /** Where deliveries are posted to. */
  public URI webhook() {
    return server.url();
  }

  /** Where the status page is, if there is one. */
  public Optional<URI> admin() {
    return observation.flatMap(Observation::url);
  }

  /**
   * Takes another configuration for all deliveries and jobs from now on; what is in hand ends with
   * the old one.
   *
   * @throws JobException if there is no nix
   * @throws QueueUnavailableException if the queue can't be asked
   */
  public void use(Relay relay) throws JobException, QueueUnavailableException {
    assembly.replace(relay);
  }

  /**
   * Tells whoever looks whether a configuration was taken.
   *
   * @param refusal why not
   */
  public void reloaded(Optional<String> refusal) {
    observation.ifPresent(watch -> watch.reloaded(refusal));
  }

  /** Stops to accept, finishes the jobs in hand, and closes the queue. */
  @Override
  public void close() {
    server.close();
    schedule.stop();
    pump.close();
    schedule.close();
    assembly.get().told().finish(GRACE);
    observation.ifPresent(Observation::close);
    queue.close();
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      // Why it did not start is told; that something of it does not end is of no use to anybody.
    }
  }
}
