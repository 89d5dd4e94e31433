package dev.flakerelay.cli;

import dev.flakerelay.cli.option.HelpOption;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relay completion}. */
@Command(
    name = "completion",
    description = {
      "Prints a script that completes commands and options.",
      "For bash: source <(relay completion bash)",
      "For zsh: autoload -U bashcompinit && bashcompinit, then the same."
    })
final class CompletionCommand implements Callable<Integer> {
  private enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "bash or zsh: one script serves both")
  @SuppressWarnings("unused") // picocli checks it
  private Shell shell = Shell.bash;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() {
    CommandLine relay = spec.commandLine().getParent();
    System.out.println(AutoComplete.bash("relay", relay));
    return Main.DONE;
  }
}
