package dev.flakerelay.local;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.outcome.OutcomeListeners;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.update.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** The parts for the configuration of the moment: a batch ends with those that it began with. */
final class CurrentAssembly implements BatchHandler {
  /** How long the last reports of a configuration that was replaced are waited for. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final JobQueue queue;
  private final Backoff backoff;
  private final OutcomeListener log;
  private final Optional<Observation> observation;
  private final AtomicReference<Assembly> assembly;

  /**
   * The parts for a first configuration.
   *
   * @param log the first to hear of outcomes
   * @throws JobException if there is no nix
   * @throws QueueUnavailableException if the queue can't be asked for its limit
   */
  CurrentAssembly(
      Relay relay,
      JobQueue queue,
      Backoff backoff,
      OutcomeListener log,
      Optional<Observation> observation)
      throws JobException, QueueUnavailableException {
    this.queue = queue;
    this.backoff = backoff;
    this.log = log;
    this.observation = observation;
    this.assembly = new AtomicReference<>(assemble(relay));
  }

  private Assembly assemble(Relay relay) throws JobException, QueueUnavailableException {
    OutcomeListener told = relay.listeners(log);
    OutcomeListener recorded =
        observation.<OutcomeListener>map(each -> each.recorder(told)).orElse(told);
    OutcomeListener listener =
        new OutcomeListeners(List.of(new Rejections(queue), recorded), relay.log());
    return new Assembly(
        relay,
        relay.intake(queue, listener),
        relay.updates(queue, backoff, listener),
        relay.sources(),
        relay.reconciliation(queue, finding -> observation.ifPresent(o -> o.compared(finding))),
        told);
  }

  /** Those that are used now. */
  Assembly get() {
    return assembly.get();
  }

  /**
   * Makes those for another configuration, and uses them from now on.
   *
   * @throws JobException if there is no nix; the old ones stay in use
   * @throws QueueUnavailableException as above
   */
  void replace(Relay relay) throws JobException, QueueUnavailableException {
    assembly.getAndSet(assemble(relay)).told().finish(GRACE);
  }

  @Override
  public List<Retry> handle(List<Message> batch) {
    return get().updates().handle(batch);
  }

  @Override
  public List<Retry> handle(List<Message> batch, BooleanSupplier ended) {
    return get().updates().handle(batch, ended);
  }
}
