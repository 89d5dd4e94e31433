package dev.flakerelay.cli;

import dev.flakerelay.app.Relay;
import dev.flakerelay.cli.option.ConfigOption;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.view.FindingText;
import dev.flakerelay.cli.view.OutcomeText;
import dev.flakerelay.config.Route;
import dev.flakerelay.log.LibraryLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.Job;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.reconcile.Reconciliation;
import dev.flakerelay.update.TargetUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay reconcile}. */
@Command(
    name = "reconcile",
    sortOptions = false,
    description = {
      "Updates what lags behind its source's branch.",
      "Compares what every route's targets lock with the heads of their sources'",
      "branches, and updates what lags: in the foreground, without a queue."
    })
final class ReconcileCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--dry-run", description = "only says what lags")
  private boolean dryRun;

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    Relay relay = Setup.read(config.file(), "update");
    LibraryLog.intoStderr();
    for (Route route : relay.config().routes().values()) {
      if (!route.reconcile()) {
        System.out.println(
            "off     "
                + route.name()
                + ": not reconciled; `reconcile: true` in the route changes that");
      }
    }
    List<Route> routes = Reconciliation.routes(relay.config());
    Comparison comparison = Setup.withToken(relay).comparison();
    boolean good = true;
    List<Job> lagging = new ArrayList<>();
    Iterator<Comparison.Finding> findings = comparison.of(routes, Instant.MAX).iterator();
    while (findings.hasNext()) {
      Comparison.Finding finding = findings.next();
      System.out.println(Terminal.colour().line(state(finding) + FindingText.of(finding)));
      good &= finding instanceof Comparison.Finding.Seen;
      if (finding instanceof Comparison.Finding.Seen seen && seen.lags()) {
        lagging.add(seen.job());
      }
    }
    if (!dryRun && !lagging.isEmpty()) {
      OutcomeListener listener = relay.listeners();
      TargetUpdate update = Setup.ready(relay).update();
      for (Outcome outcome : ForegroundUpdate.run(update, lagging, listener)) {
        System.out.println(Terminal.colour().line(OutcomeText.of(outcome)));
        good &= outcome.isGood();
      }
      listener.finish(ForegroundUpdate.TO_REPORT);
    }
    return good ? Main.DONE : Main.FAILED;
  }

  private static String state(Comparison.Finding finding) {
    return switch (finding) {
      case Comparison.Finding.Seen seen -> seen.lags() ? "lags    " : "ok      ";
      case Comparison.Finding.Failed _ -> "failed  ";
    };
  }
}
