package dev.flakerelay.cli;

import dev.flakerelay.VisibleText;
import dev.flakerelay.app.Relay;
import dev.flakerelay.cli.option.ConfigOption;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.cli.view.FindingText;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.log.LibraryLog;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay check}. */
@Command(
    name = "check",
    sortOptions = false,
    description = {
      "Says everything that is wrong with the configuration.",
      "Each mistake is one line, FILE:LINE:COLUMN: path: what. With --online, also",
      "whether secrets, repositories, branches and inputs are there, whether the token",
      "may push, and whether the first update would go through."
    })
final class CheckCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--online", description = "also look at secrets and repositories")
  private boolean online;

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    Relay relay = Setup.read(config.file(), "check");
    List<Route> routes = List.copyOf(relay.config().routes().values());
    int targets = routes.stream().mapToInt(each -> each.targets().size()).sum();
    System.out.println(
        config.file()
            + " is right: "
            + counted(routes.size(), "route")
            + ", "
            + counted(targets, "target"));
    relay
        .config()
        .warnings()
        .forEach(warning -> System.out.println(config.file() + ": warning: " + warning));
    if (!online) {
      return Main.DONE;
    }
    LibraryLog.intoStderr();
    boolean good = true;
    for (Line line : lines(relay, routes)) {
      System.out.println(
          Terminal.colour().line((line.good() ? "ok     " : "wrong  ") + line.text()));
      good &= line.good();
    }
    return good ? Main.DONE : Main.FAILED;
  }

  private static String counted(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static List<Line> lines(Relay relay, List<Route> routes) throws SetupException {
    List<Line> lines = new ArrayList<>();
    Config read = relay.config();
    List<SecretReference> references = new ArrayList<>(read.secrets().webhook());
    read.secrets().git().ifPresent(references::add);
    for (SecretReference reference : references) {
      lines.add(look(relay.secrets(), reference));
    }
    try {
      FirstUpdate first = new FirstUpdate(Setup.withToken(relay), nixRuns(relay));
      Comparison comparison = relay.comparison();
      for (Comparison.Finding finding : comparison.of(routes, Instant.MAX).toList()) {
        lines.add(line(finding, first));
      }
    } catch (SecretException e) {
      lines.add(new Line(false, "the repositories: not without that secret"));
    }
    return lines;
  }

  private static Line line(Comparison.Finding finding, FirstUpdate first) {
    return switch (finding) {
      case Comparison.Finding.Seen seen ->
          first
              .problem(seen)
              .map(problem -> new Line(false, FindingText.wrong(seen, problem)))
              .orElseGet(() -> new Line(true, FindingText.of(seen)));
      case Comparison.Finding.Failed failed -> new Line(false, FindingText.of(failed));
    };
  }

  /** The rest is worth looking at without nix, too. */
  private static boolean nixRuns(Relay relay) throws SecretException {
    try {
      Setup.ready(relay);
      return true;
    } catch (SetupException e) {
      System.err.println(
          "relay: flake.nix is not read: " + VisibleText.of(String.valueOf(e.getMessage())));
      return false;
    }
  }

  private static Line look(SecretReader reader, SecretReference reference) {
    try {
      var _ = reader.read(reference);
      return new Line(true, "the secret " + reference + " is there");
    } catch (SecretException e) {
      return new Line(false, VisibleText.of(String.valueOf(e.getMessage())));
    }
  }

  private record Line(boolean good, String text) {}
}
