package dev.flakerelay.cli;

import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.QueueOptions;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.cli.view.Colour;
import dev.flakerelay.cli.view.StatusLines;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.local.sqlite.Journal;
import dev.flakerelay.local.status.Status;
import dev.flakerelay.local.status.StatusBoard;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** {@code relay status}. */
@Command(
    name = "status",
    sortOptions = false,
    description = {
      "Shows what a relay is at: what its status page shows.",
      "Asks a running `relay serve`, or with --config reads its data folder.",
      "Exit code 1 if it is not ready."
    })
final class StatusCommand implements Callable<Integer> {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description = "the address of its page (${DEFAULT-VALUE})")
  private URI admin = URI.create("http://127.0.0.1:8081/");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "its configuration: read the data folder instead of asking")
  private Optional<Path> config = Optional.empty();

  @Mixin private QueueOptions queueOptions = new QueueOptions();

  @Option(names = "--json", description = "prints all of it as JSON")
  private boolean json;

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    Status status = config.isPresent() ? read(config.get()) : asked();
    if (json) {
      System.out.println(JSON.writeValueAsString(status));
    } else {
      Colour colour = Terminal.colour();
      StatusLines.of(status).forEach(line -> System.out.println(colour.line(line)));
    }
    return status.ready() ? Main.DONE : Main.FAILED;
  }

  private Status read(Path file) throws Exception {
    try (JobQueue queue = queueOptions.visit();
        Journal journal = queueOptions.readJournal()) {
      return new StatusBoard("data folder", file.toString(), queue, journal)
          .look(ConfigReader.read(file), List.of(), Instant.now());
    } catch (QueueUnavailableException e) {
      throw new SetupException(e.getMessage(), e);
    }
  }

  private Status asked() throws IOException, InterruptedException {
    URI place = admin.resolve("/status.json");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(place).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(place + " answers " + answer.statusCode() + ": is that flake-relay?");
      }
      return JSON.readValue(answer.body(), Status.class);
    } catch (JacksonException e) {
      throw new IOException(
          place + " answers something else than a status: is that flake-relay?", e);
    } catch (IOException e) {
      throw e.getMessage() == null || e.getMessage().isBlank() || !e.getMessage().startsWith("http")
          ? new IOException(
              "nobody answers at "
                  + place
                  + ": name the address that `relay serve` says as admin with --admin,"
                  + " or read its data folder with --config",
              e)
          : e;
    }
  }
}
