package dev.flakerelay.cli;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.VisibleText;
import dev.flakerelay.app.Relay;
import dev.flakerelay.cli.option.ConfigOption;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.cli.view.LockDiff;
import dev.flakerelay.cli.view.OutcomeText;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.log.LibraryLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.TargetUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay update}. */
@Command(
    name = "update",
    sortOptions = false,
    description = {
      "Updates the targets of one route now, without a queue.",
      "Exit code 1 if one of them is rejected or failed."
    })
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

  @Option(
      names = "--dry-run",
      description = "shows what would be locked, as a diff, and pushes nothing")
  private boolean dryRun;

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    Relay relay = Setup.read(config.file(), "update");
    Route chosen = relay.config().routes().get(route);
    if (chosen == null) {
      String known = String.join(", ", relay.config().routes().keySet());
      throw new SetupException(
          "there is no route `" + route + "` in " + config.file() + "; there is: " + known);
    }
    LibraryLog.intoStderr();
    Revision revision = revision();
    Optional<Version> clean = cleanVersion(chosen);
    LockDiff diff = new LockDiff();
    Setup.ready(relay);
    TargetUpdate update = dryRun ? relay.rehearse(diff) : relay.update();
    boolean good = true;
    List<Job> jobs = jobs(chosen, revision, clean);
    OutcomeListener listener = relay.listeners();
    List<Outcome> outcomes =
        dryRun ? ForegroundUpdate.run(update, jobs) : ForegroundUpdate.run(update, jobs, listener);
    for (Outcome outcome : outcomes) {
      System.out.println(
          json
              ? EventLog.json(fields(outcome, diff))
              : Terminal.colour().line(OutcomeText.of(outcome)));
      good &= outcome.isGood();
    }
    if (!json) {
      System.out.print(VisibleText.ofLines(diff.all()));
    }
    listener.finish(ForegroundUpdate.TO_REPORT);
    return good ? Main.DONE : Main.FAILED;
  }

  private Map<String, @Nullable Object> fields(Outcome outcome, LockDiff diff) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>(outcome.fields());
    if (dryRun) {
      fields.put("dry_run", true);
      fields.put("diff", diff.of(outcome.job()));
    }
    return fields;
  }

  private Revision revision() throws SetupException {
    try {
      return Revision.parse(sha);
    } catch (IllegalArgumentException e) {
      throw new SetupException("--sha " + sha + ": " + e.getMessage(), e);
    }
  }

  /** As the endpoint takes it from a delivery; but a person is told if it is none. */
  private Optional<Version> cleanVersion(Route chosen) throws SetupException {
    Optional<Version> clean = version.flatMap(chosen::version);
    if (version.isPresent() && clean.isEmpty()) {
      throw new SetupException("--version: write " + Version.FORM);
    }
    return clean;
  }

  private static List<Job> jobs(Route chosen, Revision revision, Optional<Version> version) {
    Job.Wanted wanted = new Job.Wanted(revision, Optional.empty(), version);
    Job.Request request = Job.Request.by(Job.Cause.COMMAND, Instant.now());
    List<Job> jobs = new ArrayList<>();
    for (Target target : chosen.targets()) {
      for (String input : target.inputs()) {
        jobs.add(new Job(chosen.name(), target.flake(), input, wanted, request, 1));
      }
    }
    return jobs;
  }
}
