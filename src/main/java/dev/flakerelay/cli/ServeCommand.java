package dev.flakerelay.cli;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.cli.option.ConfigOption;
import dev.flakerelay.cli.option.EndpointOptions;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.QueueOptions;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.cli.view.OutcomeLines;
import dev.flakerelay.local.Observed;
import dev.flakerelay.local.RelayService;
import dev.flakerelay.local.admin.AdminUnavailableException;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.log.LibraryLog;
import dev.flakerelay.log.Waiting;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.update.Backoff;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay serve}. */
@Command(
    name = "serve",
    sortOptions = false,
    description = {
      "Runs endpoint, queue, updates and retries in one process.",
      "Stops on SIGTERM, when the jobs in hand are finished. Reads FILE again on SIGHUP."
    })
final class ServeCommand implements Callable<Integer> {
  private enum LogFormat {
    auto,
    text,
    json
  }

  @Mixin private ConfigOption config = new ConfigOption();

  @Mixin private EndpointOptions endpoint = new EndpointOptions();

  @Mixin private AdminOption admin = new AdminOption();

  @Mixin private QueueOptions queueOptions = new QueueOptions();

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "targets updated side by side (${DEFAULT-VALUE}, the number of cores)")
  private int workers = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--retry-delay",
      paramLabel = "TIME",
      description =
          "how long a failed job waits for its second try (${DEFAULT-VALUE}, ISO 8601);"
              + " three times as long for each further one")
  private Duration retryDelay = Backoff.DEFAULT.first();

  @Option(
      names = "--reconcile-every",
      paramLabel = "TIME",
      description =
          "how often what is locked is compared with the sources' branches (${DEFAULT-VALUE}, ISO"
              + " 8601); PT0S: never")
  private Duration reconcileEvery = Duration.ofHours(1);

  @Option(
      names = "--log",
      paramLabel = "FORMAT",
      description = "of stderr: text, json, or auto: text on a terminal (${DEFAULT-VALUE})")
  private LogFormat log = LogFormat.auto;

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    SetupException.require(workers >= 1, "--workers", workers, "1 or more");
    SetupException.require(!retryDelay.isNegative(), "--retry-delay", retryDelay, "PT0S or longer");
    SetupException.require(
        !reconcileEvery.isNegative(), "--reconcile-every", reconcileEvery, "PT0S or longer");
    EventLog.Format format = format();
    PrintStream out = System.out;
    PrintStream err = System.err;
    EventLog events = new EventLog(err, format, InstantSource.system());
    LibraryLog.into(events);
    if (format == EventLog.Format.JSON) {
      System.setOut(PrintedLines.into(events, "stdout"));
      System.setErr(PrintedLines.into(events, "stderr"));
    }
    try {
      run(Setup.read(config.file(), queueOptions.data().toAbsolutePath(), events), format, out);
      return Main.DONE;
    } finally {
      // Why it did not start is told to whoever started it.
      if (log != LogFormat.json) {
        System.setErr(err);
      }
    }
  }

  private void run(Relay relay, EventLog.Format format, PrintStream out) throws Exception {
    EventLog events = relay.log();
    var _ = relay.webhookSecrets().current();
    if (format == EventLog.Format.JSON) {
      Waiting.tellNobody();
    }
    Map<String, Object> about = about(Setup.ready(relay));
    Observed observed = admin.observed(queueOptions, config.file());
    RelayService service =
        start(
            new RelayService.Parts(
                relay,
                queueOptions.open(),
                endpoint.endpoint(),
                workers,
                new Backoff(retryDelay, Backoff.DEFAULT.longest()),
                reconcileEvery,
                format == EventLog.Format.JSON ? new OutcomeLog(events) : new OutcomeLines(events),
                Optional.of(observed)));
    Waiting.tellNobody();
    service.admin().ifPresent(url -> about.put("admin", url.toString()));
    events.info("serving", about);
    AtomicInteger code = new AtomicInteger(Main.DONE);
    ServeSignals signals = new ServeSignals(service, events);
    CountDownLatch stopped = signals.stop(code);
    signals.reload(config.file(), relay);
    out.println("listening on " + service.webhook());
    if (out.checkError()) {
      code.set(Main.FAILED);
      throw Main.unwritable();
    }
    stopped.await();
  }

  /** What somebody looks for first when it does not do what it should. */
  private Map<String, Object> about(Relay relay) throws JobException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("version", Main.Version.text());
    fields.put("config", config.file().toAbsolutePath().toString());
    fields.put("routes", List.copyOf(relay.config().routes().keySet()));
    fields.put("nix", relay.nix().version());
    fields.put("data", queueOptions.data().toAbsolutePath().toString());
    queueOptions.url().ifPresent(url -> fields.put("queue", url));
    return fields;
  }

  private EventLog.Format format() {
    return switch (log) {
      case text -> EventLog.Format.TEXT;
      case json -> EventLog.Format.JSON;
      case auto -> Terminal.isStderr() ? EventLog.Format.TEXT : EventLog.Format.JSON;
    };
  }

  private RelayService start(RelayService.Parts parts) throws SetupException {
    try {
      return RelayService.start(parts);
    } catch (AdminUnavailableException e) {
      throw new SetupException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new SetupException(
          "could not listen on "
              + endpoint.place()
              + ": "
              + e.getMessage()
              + ": name others with --host and --port",
          e);
    } catch (QueueUnavailableException e) {
      throw new SetupException(e.getMessage(), e);
    } catch (JobException e) {
      throw new SetupException(e.getMessage(), e);
    }
  }
}
