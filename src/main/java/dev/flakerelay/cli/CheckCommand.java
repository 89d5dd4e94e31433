package dev.flakerelay.cli;

import dev.flakerelay.LibraryLog;
import dev.flakerelay.VisibleText;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.SecretException;
import dev.flakerelay.config.SecretReader;
import dev.flakerelay.config.SecretReference;
import dev.flakerelay.update.Comparison;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
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
      "Reads the configuration and says everything that is wrong with it.",
      "With --online, also whether secrets, repositories, branches and inputs are there."
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
    Setup setup = Setup.read(config.file());
    List<Route> routes = List.copyOf(setup.config().routes().values());
    int targets = routes.stream().mapToInt(each -> each.targets().size()).sum();
    System.out.println(
        config.file()
            + " is right: "
            + counted(routes.size(), "route")
            + ", "
            + counted(targets, "target"));
    if (!online) {
      return Main.DONE;
    }
    LibraryLog.intoStderr();
    boolean good = true;
    for (Line line : lines(setup, routes)) {
      System.out.println((line.good() ? "ok     " : "wrong  ") + line.text());
      good &= line.good();
    }
    return good ? Main.DONE : Main.FAILED;
  }

  private static String counted(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static List<Line> lines(Setup setup, List<Route> routes) {
    List<Line> lines = new ArrayList<>();
    Config read = setup.config();
    List<SecretReference> references = new ArrayList<>(read.secrets().webhook());
    read.secrets().git().ifPresent(references::add);
    for (SecretReference reference : references) {
      lines.add(look(setup.reader(), reference));
    }
    try {
      Path folder = Folders.cache(setup.environment()).resolve("check");
      Comparison comparison = new Comparison(setup.repositories(folder), InstantSource.system());
      for (Comparison.Finding finding : comparison.of(routes, Instant.MAX).toList()) {
        boolean good = finding instanceof Comparison.Finding.Seen;
        lines.add(new Line(good, FindingText.of(finding)));
      }
    } catch (SecretException e) {
      lines.add(new Line(false, "the repositories: not without that secret"));
    }
    return lines;
  }

  private static Line look(SecretReader reader, SecretReference reference) {
    try {
      var _ = reader.read(reference);
      return new Line(true, "the secret " + reference + " is there");
    } catch (SecretException e) {
      return new Line(false, VisibleText.of(e.getMessage()));
    }
  }

  private record Line(boolean good, String text) {}
}
