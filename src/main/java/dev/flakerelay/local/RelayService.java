package dev.flakerelay.local;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.local.http.WebhookServer;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.RedriveLog;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.update.Backoff;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

  /** How long a schedule's task that was interrupted is waited for. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Parts parts;
  private final AtomicReference<Assembly> assembly;
  private final OutcomeListener listener;
  private final Optional<Observation> observation;
  private final WebhookServer server;
  private final Pump pump;
  private final ScheduledExecutorService schedule;
  private final EventLog log;

  private RelayService(
      Parts parts,
      AtomicReference<Assembly> assembly,
      OutcomeListener listener,
      Optional<Observation> observation,
      WebhookServer server,
      Pump pump) {
    this.parts = parts;
    this.assembly = assembly;
    this.listener = listener;
    this.observation = observation;
    this.server = server;
    this.pump = pump;
    this.log = parts.relay().log();
    this.schedule = Executors.newScheduledThreadPool(3, Thread.ofPlatform().daemon().factory());
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
      observation = Optional.of(new Observation(parts.observed().get(), parts.listener(), log));
      open.push(observation.get());
    }
    OutcomeListener listener =
        new Rejections(
            queue,
            observation.<OutcomeListener>map(Observation::recorder).orElse(parts.listener()));
    AtomicReference<Assembly> assembly =
        new AtomicReference<>(assemble(relay, parts, listener, observation));
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
            new CurrentUpdates(assembly),
            log);
    RelayService service = new RelayService(parts, assembly, listener, observation, server, pump);
    service.schedule(redrive);
    return service;
  }

  private static Assembly assemble(
      Relay relay, Parts parts, OutcomeListener listener, Optional<Observation> observation)
      throws QueueUnavailableException, JobException {
    Consumer<Comparison.Finding> compared =
        observation.<Consumer<Comparison.Finding>>map(each -> each::compared).orElse(_ -> {});
    return Assembly.of(relay, parts.queue(), parts.backoff(), listener, compared);
  }

  /** The handler that the configuration of the moment makes. */
  private record CurrentUpdates(AtomicReference<Assembly> assembly) implements BatchHandler {
    @Override
    public List<Retry> handle(List<Message> batch) {
      return assembly.get().updates().handle(batch);
    }

    @Override
    public List<Retry> handle(List<Message> batch, BooleanSupplier ended) {
      return assembly.get().updates().handle(batch, ended);
    }
  }

  private void schedule(Redrive redrive) {
    QueueCheck check = new QueueCheck(parts.queue(), log);
    every(CHECK_EVERY, "queue-check", check::run);
    every(REDRIVE_EVERY, "redrive", () -> RedriveLog.write(log, redrive.run()));
    if (parts.reconcileEvery().isPositive()) {
      every(
          parts.reconcileEvery(),
          "reconcile",
          () -> assembly.get().reconciliation().run(Instant.MAX));
    }
    observation.ifPresent(watch -> every(CHECK_EVERY, "journal", () -> watch.recorder().catchUp()));
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
    assembly.set(assemble(relay, parts, listener, observation));
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
    schedule.shutdownNow();
    pump.close();
    try {
      // What it was at was interrupted, and still writes for a moment.
      boolean ignored = schedule.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    observation.ifPresent(Observation::close);
    parts.queue().close();
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      // Why it did not start is told; that something of it does not end is of no use to anybody.
    }
  }
}
