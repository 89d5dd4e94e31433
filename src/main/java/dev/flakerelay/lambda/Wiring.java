package dev.flakerelay.lambda;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.log.LibraryLog;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.sqs.SqsJobQueue;
import dev.flakerelay.reconcile.Reconciliation;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.webhook.Intake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * Puts a function together from its environment: {@code RELAY_CONFIG} (the configuration's path,
 * {@code /opt/relay.yaml} if unset), {@code RELAY_QUEUE_URL} (the SQS queue), {@code
 * RELAY_ALLOWED_ADDRESSES} ({@link AllowedAddresses}), {@code RELAY_METRICS_NAMESPACE} ({@code
 * flake-relay} if unset) and what {@link Relay} and {@link OutboundNetwork} take of it. What is
 * missing fails the function's initialisation, or each invocation of UpdateFunction, with one clear
 * sentence. Secrets are read when they are needed, and not before.
 */
final class Wiring {
  /** The one place in Lambda that can be written to. */
  private static final Path WORK =
      Path.of(System.getProperty("java.io.tmpdir")).resolve("flake-relay");

  private static final InstantSource CLOCK = InstantSource.system();

  private final Map<String, String> environment;
  private final EventLog log;
  private final JobQueue queue;

  private Wiring(Map<String, String> environment, EventLog log, JobQueue queue) {
    this.environment = environment;
    this.log = log;
    this.queue = queue;
  }

  static Wiring fromEnvironment() {
    Map<String, String> environment = System.getenv();
    String url = environment.get("RELAY_QUEUE_URL");
    if (url == null || url.isBlank()) {
      throw new IllegalStateException("RELAY_QUEUE_URL is not set: name the SQS FIFO queue");
    }
    try {
      OutboundNetwork.install(environment);
      EventLog log = new EventLog(System.out, EventLog.Format.JSON, CLOCK);
      LibraryLog.into(log);
      return new Wiring(environment, log, SqsJobQueue.connect(url));
    } catch (IOException | QueueUnavailableException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  EventLog log() {
    return log;
  }

  JobQueue queue() {
    return queue;
  }

  Intake intake() {
    return relay().intake(queue);
  }

  AllowedAddresses allowedAddresses() {
    try {
      return AllowedAddresses.parse(environment.getOrDefault("RELAY_ALLOWED_ADDRESSES", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("RELAY_ALLOWED_ADDRESSES: " + e.getMessage(), e);
    }
  }

  BatchHandler updates() {
    Relay relay = relay();
    try {
      OutcomeListener listener = relay.listeners(new OutcomeLog(log, metrics()::of));
      return new ReportedBatch(
          new BudgetedBatch(
              relay.updates(queue, Backoff.DEFAULT, listener),
              relay.sources()::of,
              relay.budget(),
              queue.maxReceiveCount()),
          listener);
    } catch (JobException | QueueUnavailableException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private MetricFormat metrics() {
    String namespace = environment.getOrDefault("RELAY_METRICS_NAMESPACE", "flake-relay");
    return new MetricFormat(namespace, CLOCK);
  }

  Reconciliation reconciliation() {
    return relay().reconciliation(queue);
  }

  /** Needs no configuration. */
  Redrive redrive() {
    try {
      return Relay.redrive(environment, queue, CLOCK);
    } catch (IllegalArgumentException | QueueUnavailableException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private Relay relay() {
    return new Relay(environment, config(), WORK, log, CLOCK);
  }

  private Config config() {
    try {
      return ConfigReader.read(
          Path.of(environment.getOrDefault("RELAY_CONFIG", "/opt/relay.yaml")));
    } catch (ConfigException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
