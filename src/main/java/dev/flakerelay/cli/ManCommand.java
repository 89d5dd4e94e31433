package dev.flakerelay.cli;

import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.cli.view.ManPage;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relay man}. */
@Command(
    name = "man",
    description = {
      "Prints a manual page, of relay or of a command.",
      "To read: relay man serve | man -l -",
      "To install: relay man serve > /usr/local/share/man/man1/relay-serve.1"
    })
final class ManCommand implements Callable<Integer> {
  @Parameters(arity = "0..2", paramLabel = "COMMAND", description = "one of relay's commands")
  private List<String> command = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws SetupException {
    CommandLine relay = spec.commandLine().getParent();
    System.out.print(ManPage.of(HelpCommand.named(command, relay)));
    return Main.DONE;
  }
}
