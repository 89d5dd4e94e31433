package dev.flakerelay.local;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.local.admin.AdminServer;
import dev.flakerelay.local.admin.Metrics;
import dev.flakerelay.local.admin.Retry;
import dev.flakerelay.local.sqlite.RecordedOutcome;
import dev.flakerelay.local.status.StatusBoard;
import dev.flakerelay.local.status.StatusMonitor;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.DeadLetter;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.RedriveLog;
import dev.flakerelay.reconcile.Comparison;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches a service: writes down what becomes of jobs, and shows it to whoever runs the service.
 */
final class Observation implements AutoCloseable {
  /** How many outcomes the durations of steps are taken from after a start. */
  private static final int REMEMBERED = 10_000;

  /** The label of a job that made no lock. */
  private static final String NO_ENGINE = "none";

  private final Observed observed;
  private final EventLog log;
  private final Metrics metrics = new Metrics();
  private final Pending pending;
  private volatile Optional<String> refusedConfig = Optional.empty();
  private @Nullable StatusMonitor monitor;
  private @Nullable AdminServer server;

  /**
   * An observation that shows nothing yet.
   *
   * @throws QueueUnavailableException if the journal can't be read
   */
  Observation(Observed observed, EventLog log) throws QueueUnavailableException {
    this.observed = observed;
    this.log = log;
    this.pending = new Pending(observed.journal(), this::count, log);
    for (RecordedOutcome outcome : observed.journal().newest(REMEMBERED).reversed()) {
      metrics.ended(outcome.steps(), outcome.text("engine").orElse(NO_ENGINE));
    }
  }

  private void count(Outcome outcome) {
    metrics.ended(outcome.steps(), outcome.engine().map(Outcome.Engine::name).orElse(NO_ENGINE));
  }

  /** Writes down what becomes of jobs, and tells the next. */
  OutcomeListener recorder(OutcomeListener next) {
    return new Recorder(observed.journal(), pending, this::count, next, log);
  }

  /** Writes down what could not be written before. */
  void catchUp() throws QueueUnavailableException {
    pending.catchUp();
  }

  /** A delivery was answered. */
  void answered(int status) {
    metrics.answered(status);
  }

  /** Compares what is locked with the sources' branches, to show it. */
  void compare(Relay relay) {
    relay
        .comparison()
        .of(relay.config().routes().values(), Instant.MAX)
        .takeWhile(_ -> !Thread.currentThread().isInterrupted())
        .forEach(this::compared);
  }

  /** An input was compared with its source. */
  void compared(Comparison.Finding finding) {
    try {
      observed.journal().compared(finding, log.now());
    } catch (QueueUnavailableException e) {
      log.warn("comparison-not-recorded", Map.of("reason", e.getMessage()));
    }
  }

  /** The configuration was read again. */
  void reloaded(Optional<String> refusal) {
    refusedConfig = refusal.map(why -> "The configuration was not reloaded. " + why);
    metrics.reloaded(refusal.isEmpty());
  }

  /**
   * Starts to show page and metrics, if they are wanted.
   *
   * @throws IOException if the address can't be had
   */
  void show(Supplier<Relay> relay, JobQueue queue, Redrive redrive) throws IOException {
    if (observed.address().isEmpty()) {
      return;
    }
    StatusMonitor watch =
        new StatusMonitor(
            new StatusBoard(observed.version(), observed.config(), queue, observed.journal()),
            () -> relay.get().config(),
            new FolderCheck(observed.data()),
            () -> nixTrouble(relay.get()),
            () -> refusedConfig,
            log);
    monitor = watch;
    server =
        AdminServer.start(
            observed.address().get(),
            watch,
            metrics,
            job -> retried(redrive, job),
            observed.token(),
            log);
  }

  private static Optional<String> nixTrouble(Relay relay) {
    try {
      var _ = relay.nix().version();
      return Optional.empty();
    } catch (JobException e) {
      return Optional.of(e.getMessage());
    }
  }

  private Retry.Result retried(Redrive redrive, String job) {
    try {
      List<DeadLetter> letters =
          redrive.force(each -> job.equals(Retry.ALL) || each.id().equals(job));
      RedriveLog.write(log, letters);
      if (letters.stream().anyMatch(letter -> letter.fate() == DeadLetter.Fate.SENT)) {
        return Retry.Result.SENT;
      }
      return letters.stream().anyMatch(letter -> letter.fate() == DeadLetter.Fate.NOT_SENT)
          ? Retry.Result.NOT_SENT
          : Retry.Result.GONE;
    } catch (QueueUnavailableException e) {
      log.warn("redrive", Map.of("reason", e.getMessage()));
      return Retry.Result.NOT_SENT;
    }
  }

  /** Where the page is. */
  Optional<URI> url() {
    return Optional.ofNullable(server).map(AdminServer::url);
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    if (monitor != null) {
      monitor.close();
    }
    observed.journal().close();
  }
}
