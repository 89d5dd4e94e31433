package dev.flakerelay.cli;

import dev.flakerelay.EventLog;
import dev.flakerelay.local.RelayService;
import dev.flakerelay.local.SqliteJobQueue;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.SqsJobQueue;
import dev.flakerelay.update.OutcomeLog;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay serve}. */
@Command(
    name = "serve",
    description = {
      "Runs everything in one process: endpoint, durable queue, updates and retries.",
      "Stops on SIGTERM, when the jobs in hand are finished."
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private enum LogFormat {
    auto,
    text,
    json
  }

  @Option(names = "--config", required = true, paramLabel = "FILE", description = "relay.yaml")
  private Path config = Path.of("relay.yaml");

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "the address to listen on (${DEFAULT-VALUE}); put TLS in front of any other")
  private String host = "127.0.0.1";

  @Option(names = "--port", description = "the port, 0 for a free one (${DEFAULT-VALUE})")
  private int port = 8080;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "where the queue and caches are kept ($XDG_STATE_HOME/flake-relay)")
  private Path data = Folders.state(System.getenv());

  @Option(
      names = "--queue-url",
      paramLabel = "URL",
      description = "an SQS FIFO queue, instead of the one in DIR")
  private Optional<String> queueUrl = Optional.empty();

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "targets updated side by side (${DEFAULT-VALUE}, the number of cores)")
  private int workers = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--log",
      paramLabel = "FORMAT",
      description = "text, json, or auto: text on a terminal (${DEFAULT-VALUE})")
  private LogFormat log = LogFormat.auto;

  @Override
  public Integer call() throws Exception {
    Setup setup = Setup.read(config);
    EventLog events = new EventLog(System.err, format(), InstantSource.system());
    LibraryLog.into(events);
    RelayService.Parts parts =
        new RelayService.Parts(
            setup.config(),
            setup.webhookSecrets(),
            openQueue(),
            setup.workshop(data),
            host,
            port,
            Math.max(1, workers),
            new OutcomeLog(events),
            events);
    RelayService service = start(parts);
    CountDownLatch stopped = stopOnSignal(service, events);
    System.out.println("listening on " + service.webhook());
    stopped.await();
    return Main.DONE;
  }

  private JobQueue openQueue() throws SetupException {
    try {
      return queueUrl.isPresent()
          ? SqsJobQueue.connect(queueUrl.get())
          : SqliteJobQueue.open(data.resolve("queue"));
    } catch (QueueUnavailableException e) {
      throw new SetupException(String.valueOf(e.getMessage()), e);
    }
  }

  private RelayService start(RelayService.Parts parts)
      throws SetupException, QueueUnavailableException {
    try {
      return RelayService.start(parts);
    } catch (IOException e) {
      parts.queue().close();
      throw new SetupException(
          "could not listen on "
              + host
              + " port "
              + port
              + ": "
              + e.getMessage()
              + ": name another with --port",
          e);
    }
  }

  private static CountDownLatch stopOnSignal(RelayService service, EventLog events) {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread stop =
        new Thread(
            () -> {
              events.info("stopping", Map.of());
              service.close();
              events.info("stopped", Map.of());
              stopped.countDown();
              // The signal's own exit code, 143, would say that the stop was not a clean one.
              Runtime.getRuntime().halt(Main.DONE);
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    return stopped;
  }

  private EventLog.Format format() {
    return switch (log) {
      case text -> EventLog.Format.TEXT;
      case json -> EventLog.Format.JSON;
      case auto ->
          Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
              ? EventLog.Format.TEXT
              : EventLog.Format.JSON;
    };
  }
}
