package dev.flakerelay.lambda;

import dev.flakerelay.EventLog;
import dev.flakerelay.OutboundNetwork;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.ConfigReader;
import dev.flakerelay.config.Secret;
import dev.flakerelay.config.SecretException;
import dev.flakerelay.config.SecretReader;
import dev.flakerelay.config.SecretReference;
import dev.flakerelay.git.GitToken;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.nix.NixLimits;
import dev.flakerelay.nix.NixProgram;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.SqsJobQueue;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.update.OutcomeLog;
import dev.flakerelay.update.TargetUpdate;
import dev.flakerelay.update.UpdateBatch;
import dev.flakerelay.update.Workshop;
import dev.flakerelay.webhook.Intake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a function together from its environment: {@code RELAY_CONFIG} (the configuration's path,
 * {@code /opt/relay.yaml} if unset), {@code RELAY_QUEUE_URL} (the SQS queue), {@code RELAY_NIX} and
 * the variables of {@link OutboundNetwork}. What is missing fails the function's initialisation
 * with one clear sentence.
 */
final class Wiring {
  /** The one place in Lambda that can be written to. */
  private static final Path WORK = Path.of(System.getProperty("java.io.tmpdir"), "flake-relay");

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
      EventLog log = new EventLog(System.out, EventLog.Format.JSON, InstantSource.system());
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
    List<Secret> secrets = new ArrayList<>();
    config.secrets().webhook().forEach(reference -> secrets.add(secret(reference)));
    return new Intake(config, secrets, queue, InstantSource.system());
  }

  BatchHandler updates() {
    Config config = config();
    Path program =
        NixProgram.find(environment)
            .orElseThrow(
                () -> new IllegalStateException("there is no nix: add the layer that brings it"));
    Nix nix =
        new Nix(
            program, WORK.resolve("nix"), NixLimits.DEFAULT, environment, config.network().allow());
    Optional<GitToken> token =
        config.secrets().git().map(reference -> new GitToken(secret(reference).value()));
    Workshop workshop = new Workshop(nix, WORK.resolve("git"), token, Workshop.DEFAULT_RACES);
    try {
      return new UpdateBatch(
          new TargetUpdate(config, workshop),
          queue.maxReceiveCount(),
          Backoff.DEFAULT,
          new OutcomeLog(log));
    } catch (QueueUnavailableException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  Redrive redrive() {
    try {
      return new Redrive(queue, queue.deadLetters(), InstantSource.system());
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

  private Secret secret(SecretReference reference) {
    try (SecretReader reader = SecretReader.of(environment)) {
      return reader.read(reference);
    } catch (SecretException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
