package dev.flakerelay.cli;

import dev.flakerelay.config.Config;
import dev.flakerelay.update.TargetCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay check}. */
@Command(
    name = "check",
    description = {
      "Reads the configuration and says everything that is wrong with it.",
      "With --online, also whether secrets, repositories, branches and inputs are there."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Option(names = "--config", required = true, paramLabel = "FILE", description = "relay.yaml")
  private Path config = Path.of("relay.yaml");

  @Option(names = "--online", description = "also look at the repositories")
  private boolean online;

  @Override
  public Integer call() throws Exception {
    Setup setup = Setup.read(config);
    Config read = setup.config();
    long targets = read.routes().values().stream().mapToLong(each -> each.targets().size()).sum();
    System.out.println(
        config + " is right: " + read.routes().size() + " routes, " + targets + " targets");
    if (!online) {
      return Main.DONE;
    }
    setup.webhookSecrets();
    TargetCheck check =
        new TargetCheck(setup.workshop(Folders.cache(setup.environment()).resolve("check")));
    boolean good = true;
    for (TargetCheck.Finding finding : check.run(List.copyOf(read.routes().values()))) {
      System.out.println((finding.good() ? "ok     " : "wrong  ") + finding.text());
      good &= finding.good();
    }
    return good ? Main.DONE : Main.FAILED;
  }
}
