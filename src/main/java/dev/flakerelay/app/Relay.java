package dev.flakerelay.app;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.config.Config;
import dev.flakerelay.lock.EngineWithShortCut;
import dev.flakerelay.lock.archive.ArchiveEngine;
import dev.flakerelay.lock.archive.ArchiveLimits;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.nix.NixLimits;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.RedriveDelays;
import dev.flakerelay.queue.WorkBudget;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.reconcile.Reconciliation;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.update.Rehearsal;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.update.Signing;
import dev.flakerelay.update.Sources;
import dev.flakerelay.update.TargetUpdate;
import dev.flakerelay.update.UpdateBatch;
import dev.flakerelay.update.Workshop;
import dev.flakerelay.webhook.Intake;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one place where the parts are put together, in the same way for a command, for {@code serve}
 * and for a function. A part is made, and a secret read, when it is asked for.
 *
 * <p>Of the environment it takes what {@link Nix}, {@link NixLimits}, {@link RedriveDelays}, {@link
 * dev.flakerelay.net.OutboundNetwork} and the secrets name.
 */
public final class Relay {
  private final Map<String, String> environment;
  private final Config config;
  private final Path work;
  private final InstantSource clock;
  private final EventLog log;
  private final SecretReader reader;
  private final SecretValues webhookSecrets;
  private final Repositories repositories;
  private final Signing signing;
  private @Nullable Nix nix;

  /**
   * A relay that has done nothing yet.
   *
   * @param environment the process's environment
   * @param work where Git caches and nix's folders are made
   */
  public Relay(
      Map<String, String> environment,
      Config config,
      Path work,
      EventLog log,
      InstantSource clock) {
    this.environment = Map.copyOf(environment);
    this.config = config;
    this.work = work;
    this.clock = clock;
    this.log = log;
    this.reader = SecretReader.of(environment);
    this.webhookSecrets = SecretValues.of(reader, config.secrets().webhook(), clock);
    this.signing = ConfiguredSecrets.signing(config.secrets(), reader, clock);
    this.repositories =
        new Repositories(
                work.resolve("git"), ConfiguredSecrets.credentials(config.secrets(), reader, clock))
            .knowing(config.forges());
  }

  /** relay.yaml. */
  public Config config() {
    return config;
  }

  /** Where Git caches and nix's folders are made. */
  public Path work() {
    return work;
  }

  /** Where events are told. */
  public EventLog log() {
    return log;
  }

  /** Reads secrets; open until the process ends. */
  public SecretReader secrets() {
    return reader;
  }

  /** Those that verify deliveries. */
  public SecretValues webhookSecrets() {
    return webhookSecrets;
  }

  /**
   * Turns deliveries into jobs.
   *
   * @param listener is told what the queue takes
   */
  public Intake intake(JobQueue queue, OutcomeListener listener) {
    return new Intake(config, webhookSecrets, queue, clock, listener::queued);
  }

  /** Turns deliveries into jobs, of which nobody is told. */
  public Intake intake(JobQueue queue) {
    return new Intake(config, webhookSecrets, queue, clock);
  }

  /** The targets and sources on their servers. */
  public Repositories repositories() {
    return repositories;
  }

  /**
   * The nix program, within limits that fit the machine.
   *
   * @throws PermanentException if there is none
   */
  public synchronized Nix nix() throws JobException {
    Nix found = nix;
    if (found == null) {
      found =
          Nix.find(
                  environment,
                  work.resolve("nix"),
                  NixLimits.of(environment, work),
                  Workshop.rules(config.network()))
              .withFeatures(config.nixFeatures());
      nix = found;
    }
    return found;
  }

  /**
   * The core.
   *
   * @throws PermanentException if there is no nix
   */
  public TargetUpdate update() throws JobException {
    return new TargetUpdate(config, workshop());
  }

  /** The core, which pushes nothing, but shows what would be pushed. */
  public TargetUpdate rehearse(Rehearsal rehearsal) throws JobException {
    return new TargetUpdate(config, workshop(), rehearsal);
  }

  private Workshop workshop() throws JobException {
    Nix nix = nix();
    ArchiveEngine archives =
        new ArchiveEngine(
            work.resolve("nix"),
            ArchiveLimits.DEFAULT,
            environment,
            Workshop.rules(config.network()),
            nix);
    return new Workshop(new EngineWithShortCut(archives, nix), nix, repositories)
        .withSigning(signing);
  }

  /**
   * Sees to it that what opens repositories and what signs commits can be read.
   *
   * @throws IllegalArgumentException if it can be read, and is no key
   */
  public void requireSecrets() throws SecretException {
    repositories.credentials().require();
    signing.require();
  }

  /**
   * The core behind a queue.
   *
   * @param backoff how long a failed job waits for its next try
   * @param listener is told what becomes of each message
   * @throws PermanentException if there is no nix
   */
  public UpdateBatch updates(JobQueue queue, Backoff backoff, OutcomeListener listener)
      throws JobException, QueueUnavailableException {
    return new UpdateBatch(update(), queue.maxReceiveCount(), backoff, listener);
  }

  /**
   * Everybody who hears of outcomes: these, and after them whom the configuration names. The same
   * for a function, for {@code serve} and for a command.
   */
  public OutcomeListener listeners(OutcomeListener... first) {
    return new Listeners(config, repositories, reader, log).after(List.of(first));
  }

  /** Whose each message is. */
  public Sources sources() {
    return new Sources(config);
  }

  /** The time that each source's jobs have. */
  public WorkBudget budget() {
    return new WorkBudget(WorkBudget.PER_HOUR, clock, log);
  }

  /** Compares what is locked with the sources' branches. */
  public Comparison comparison() {
    return new Comparison(repositories, clock);
  }

  /** Queues what lags. */
  public Reconciliation reconciliation(JobQueue queue) {
    return new Reconciliation(config, comparison(), queue, log);
  }

  /** The same with somebody who hears what was found. */
  public Reconciliation reconciliation(JobQueue queue, Consumer<Comparison.Finding> seen) {
    return new Reconciliation(config, comparison(), queue, log, seen);
  }

  /** The same parts for another configuration. */
  public Relay with(Config other) {
    return new Relay(environment, other, work, log, clock);
  }

  /** Puts dead letters back. */
  public Redrive redrive(JobQueue queue) throws QueueUnavailableException {
    return redrive(environment, queue, clock);
  }

  /**
   * Puts dead letters back, for which no configuration is needed.
   *
   * @throws IllegalArgumentException if the environment has delays that can't be read
   */
  public static Redrive redrive(
      Map<String, String> environment, JobQueue queue, InstantSource clock)
      throws QueueUnavailableException {
    String delays = environment.getOrDefault("RELAY_REDRIVE_DELAYS", "");
    try {
      return new Redrive(
          queue,
          queue.deadLetters(),
          clock,
          delays.isBlank() ? Redrive.DELAYS : RedriveDelays.parse(delays));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("RELAY_REDRIVE_DELAYS is " + e.getMessage(), e);
    }
  }
}
