package dev.flakerelay.lambda;

import dev.flakerelay.PermanentException;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.ConfigReader;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.log.LibraryLog;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.nix.NixLimits;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.RedriveDelays;
import dev.flakerelay.queue.WorkBudget;
import dev.flakerelay.queue.sqs.SqsJobQueue;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.reconcile.Reconciliation;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.update.Sources;
import dev.flakerelay.update.TargetUpdate;
import dev.flakerelay.update.UpdateBatch;
import dev.flakerelay.update.Workshop;
import dev.flakerelay.webhook.Intake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * Puts a function together from its environment: {@code RELAY_CONFIG} (the configuration's path,
 * {@code /opt/relay.yaml} if unset), {@code RELAY_QUEUE_URL} (the SQS queue), {@code RELAY_NIX},
 * {@code RELAY_ALLOWED_ADDRESSES} ({@link AllowedAddresses}), {@code RELAY_REDRIVE_DELAYS} ({@link
 * RedriveDelays}), {@code RELAY_METRICS_NAMESPACE} ({@code flake-relay} if unset) and the variables
 * of {@link OutboundNetwork}. What is missing fails the function's initialisation, or each
 * invocation of UpdateFunction, with one clear sentence. Secrets are read when they are needed, and
 * not before.
 */
final class Wiring {
  /** The one place in Lambda that can be written to. */
  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  private static final Path WORK = TEMPORARY.resolve("flake-relay");

  private static final InstantSource CLOCK = InstantSource.system();

  private final Map<String, String> environment;
  private final EventLog log;
  private final JobQueue queue;
  private final SecretReader reader;

  private Wiring(Map<String, String> environment, EventLog log, JobQueue queue) {
    this.environment = environment;
    this.log = log;
    this.queue = queue;
    this.reader = SecretReader.of(environment);
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
    Config config = config();
    SecretValues secrets = SecretValues.of(reader, config.secrets().webhook(), CLOCK);
    return new Intake(config, secrets, queue, CLOCK);
  }

  AllowedAddresses allowedAddresses() {
    try {
      return AllowedAddresses.parse(environment.getOrDefault("RELAY_ALLOWED_ADDRESSES", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("RELAY_ALLOWED_ADDRESSES: " + e.getMessage(), e);
    }
  }

  BatchHandler updates() {
    Config config = config();
    Repositories repositories = Repositories.of(config, reader, WORK.resolve("git"));
    try {
      FetchRules rules = Workshop.rules(config.network());
      Nix nix =
          Nix.find(environment, WORK.resolve("nix"), limits(), rules)
              .withFeatures(config.nixFeatures());
      int maxReceiveCount = queue.maxReceiveCount();
      UpdateBatch updates =
          new UpdateBatch(
              new TargetUpdate(config, new Workshop(nix, repositories)),
              maxReceiveCount,
              Backoff.DEFAULT,
              new OutcomeLog(log, metrics()::of));
      WorkBudget budget = new WorkBudget(WorkBudget.PER_HOUR, CLOCK, log);
      return new BudgetedBatch(updates, new Sources(config)::of, budget, maxReceiveCount);
    } catch (PermanentException | QueueUnavailableException | IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private MetricFormat metrics() {
    String namespace = environment.getOrDefault("RELAY_METRICS_NAMESPACE", "flake-relay");
    return new MetricFormat(namespace, CLOCK);
  }

  /** nix may have as much memory as the function: the variable is Lambda's own, in MB. */
  private NixLimits limits() throws IOException {
    String memory = environment.getOrDefault("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "");
    long megabytes = memory.isBlank() ? Integer.MAX_VALUE : Long.parseLong(memory);
    return NixLimits.DEFAULT.onMachine(
        megabytes << 20, Files.getFileStore(TEMPORARY).getTotalSpace());
  }

  Reconciliation reconciliation() {
    Config config = config();
    Repositories repositories = Repositories.of(config, reader, WORK.resolve("git"));
    return new Reconciliation(config, new Comparison(repositories, CLOCK), queue, log);
  }

  Redrive redrive() {
    try {
      String delays = environment.getOrDefault("RELAY_REDRIVE_DELAYS", "");
      return new Redrive(
          queue,
          queue.deadLetters(),
          CLOCK,
          delays.isBlank() ? Redrive.DELAYS : RedriveDelays.parse(delays));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("RELAY_REDRIVE_DELAYS is " + e.getMessage(), e);
    } catch (QueueUnavailableException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
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
