package dev.flakerelay.cli;

import dev.flakerelay.Revision;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Outcome;
import dev.flakerelay.update.Result;
import dev.flakerelay.update.TargetUpdate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code relay update}. */
@Command(
    name = "update",
    description = "Updates the targets of one route now, in the foreground, without a queue.")
final class UpdateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ROUTE", description = "a route of the configuration")
  private String route = "";

  @Option(names = "--sha", required = true, paramLabel = "SHA", description = "what to lock")
  private String sha = "";

  @Option(names = "--version", paramLabel = "V", description = "the version for the message")
  private Optional<String> version = Optional.empty();

  @Option(names = "--config", required = true, paramLabel = "FILE", description = "relay.yaml")
  private Path config = Path.of("relay.yaml");

  @Option(names = "--json", description = "print each outcome as a line of JSON")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  @SuppressWarnings("unused") // picocli looks at it; the usual mixin would claim --version, too
  private boolean help;

  @Override
  public Integer call() throws Exception {
    Setup setup = Setup.read(config);
    Route chosen = setup.config().routes().get(route);
    if (chosen == null) {
      throw new SetupException(
          "there is no route `"
              + route
              + "` in "
              + config
              + ", only "
              + setup.config().routes().keySet());
    }
    Revision revision = revision();
    TargetUpdate update =
        new TargetUpdate(
            setup.config(), setup.workshop(Folders.cache(setup.environment()).resolve("update")));
    boolean good = true;
    for (Target target : chosen.targets()) {
      for (Result result : update.run(jobs(chosen, target, revision))) {
        Outcome outcome = outcome(result);
        System.out.println(
            json
                ? JsonMapper.shared().writeValueAsString(present(outcome.fields()))
                : OutcomeText.of(outcome));
        good &= outcome.isGood();
      }
    }
    return good ? Main.DONE : Main.FAILED;
  }

  private Revision revision() throws SetupException {
    try {
      return Revision.parse(sha);
    } catch (IllegalArgumentException e) {
      throw new SetupException("--sha " + sha + ": " + e.getMessage(), e);
    }
  }

  private List<Job> jobs(Route chosen, Target target, Revision revision) {
    List<Job> jobs = new ArrayList<>();
    for (String input : target.inputs()) {
      jobs.add(
          new Job(
              chosen.name(),
              target.repository(),
              target.branch(),
              target.directory(),
              input,
              revision,
              version,
              Optional.empty(),
              1,
              Instant.now()));
    }
    return jobs;
  }

  /** Here nobody tries again. */
  private static Outcome outcome(Result result) {
    return switch (result) {
      case Result.Ended(Outcome outcome) -> outcome;
      case Result.Again again ->
          new Outcome(
              Outcome.Kind.FAILED,
              again.job(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(again.why().getMessage()),
              Map.of(),
              Duration.ZERO);
    };
  }

  private static Map<String, ?> present(Map<String, ?> fields) {
    fields.values().removeIf(value -> value == null);
    return fields;
  }
}
