package dev.flakerelay.cli;

import dev.flakerelay.VisibleText;
import dev.flakerelay.config.Choice;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;

/**
 * Says in one line what is wrong with the arguments, and in a second one where help is. A mistyped
 * option is told even where picocli misses the one that was meant.
 */
final class WrongUsage implements CommandLine.IParameterExceptionHandler {
  @Override
  public int handleParseException(CommandLine.ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter errors = command.getErr();
    errors.println("relay: " + VisibleText.of(message(e, command, List.of(arguments))));
    if (command.getParent() == null && arguments.length == 0) {
      command.usage(errors);
    } else {
      errors.println("`" + command.getCommandSpec().qualifiedName() + " --help` tells more.");
    }
    return Main.WRONG;
  }

  private static String message(
      CommandLine.ParameterException e, CommandLine command, List<String> arguments) {
    List<String> unmatched =
        e instanceof CommandLine.UnmatchedArgumentException unknown
            ? unknown.getUnmatched()
            : e instanceof CommandLine.MissingParameterException ? arguments : List.of();
    Set<String> options = command.getCommandSpec().optionsMap().keySet();
    Optional<String> option =
        unmatched.stream()
            .filter(each -> each.startsWith("-"))
            .map(each -> each.replaceFirst("=.*", ""))
            .filter(each -> !options.contains(each))
            .findFirst();
    boolean commandIsWrong =
        !command.getSubcommands().isEmpty() && e instanceof CommandLine.UnmatchedArgumentException;
    if (commandIsWrong && !unmatched.getFirst().startsWith("-")) {
      return "there is no command "
          + unmatched.getFirst()
          + suggestion(unmatched.getFirst(), command.getSubcommands().keySet());
    }
    if (option.isPresent()) {
      return "Unknown option: '"
          + option.get()
          + "'"
          + suggestion(
              option.get(), options.stream().filter(each -> each.startsWith("--")).toList());
    }
    return String.valueOf(e.getMessage());
  }

  private static String suggestion(String word, Collection<String> known) {
    return ": " + Choice.hint(word, known);
  }
}
