package dev.flakerelay.cli;

import dev.flakerelay.EventLog;
import dev.flakerelay.LibraryLog;
import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Outcome;
import dev.flakerelay.update.TargetUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay update}. */
@Command(
    name = "update",
    sortOptions = false,
    description = "Updates the targets of one route now, in the foreground, without a queue.")
final class UpdateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ROUTE", description = "the name of a route in FILE")
  private String route = "";

  @Option(
      names = "--sha",
      required = true,
      paramLabel = "SHA",
      description = "the commit to lock, in full")
  private String sha = "";

  @Option(names = "--version", paramLabel = "V", description = "its version, for the message")
  private Optional<String> version = Optional.empty();

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "prints each outcome as a line of JSON")
  private boolean json;

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    Setup setup = Setup.read(config.file());
    Route chosen = setup.config().routes().get(route);
    if (chosen == null) {
      String known = String.join(", ", setup.config().routes().keySet());
      throw new SetupException(
          "there is no route `" + route + "` in " + config.file() + "; there is: " + known);
    }
    LibraryLog.intoStderr();
    Revision revision = revision();
    Optional<String> clean = cleanVersion();
    TargetUpdate update =
        new TargetUpdate(
            setup.config(), setup.workshop(Folders.cache(setup.environment()).resolve("update")));
    boolean good = true;
    for (Outcome outcome : ForegroundUpdate.run(update, jobs(chosen, revision, clean))) {
      System.out.println(json ? EventLog.json(outcome.fields()) : OutcomeText.of(outcome));
      good &= outcome.isGood();
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

  /** As the endpoint takes it from a delivery; but a person is told if nothing is left of it. */
  private Optional<String> cleanVersion() throws SetupException {
    Optional<String> clean = version.flatMap(Version::clean).map(Version::text);
    if (version.isPresent() && clean.isEmpty()) {
      throw new SetupException("--version: there is no letter and no digit in it");
    }
    return clean;
  }

  private static List<Job> jobs(Route chosen, Revision revision, Optional<String> version) {
    List<Job> jobs = new ArrayList<>();
    for (Target target : chosen.targets()) {
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
                Job.Cause.COMMAND,
                1,
                Instant.now()));
      }
    }
    return jobs;
  }
}
