package dev.flakerelay.cli;

import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.config.Choice;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relay help}. */
@Command(
    name = "help",
    description = {
      "Shows this help, or that of a command.",
      "The same as `relay --help` and `relay COMMAND --help`."
    })
final class HelpCommand implements Callable<Integer> {
  @Parameters(arity = "0..2", paramLabel = "COMMAND", description = "one of relay's commands")
  private List<String> command = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws SetupException {
    CommandLine relay = spec.commandLine().getParent();
    named(command, relay).usage(System.out);
    return Main.DONE;
  }

  /** A command by its name, such as {@code app create}, or relay itself. */
  static CommandLine named(List<String> command, CommandLine relay) throws SetupException {
    CommandLine shown = relay;
    for (String word : command) {
      Map<String, CommandLine> known = shown.getSubcommands();
      shown = known.get(word);
      if (shown == null) {
        throw new SetupException(
            "there is no command "
                + String.join(" ", command)
                + (known.isEmpty() ? "" : ": " + Choice.hint(word, known.keySet())));
      }
    }
    return shown;
  }
}
