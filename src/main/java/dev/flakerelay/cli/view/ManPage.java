package dev.flakerelay.cli.view;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command's manual page, in the macros of man(7). */
public final class ManPage {
  private final StringBuilder page = new StringBuilder();
  private final CommandLine command;

  private ManPage(CommandLine command) {
    this.command = command;
  }

  /** The page. */
  public static String of(CommandLine command) {
    return new ManPage(command).page();
  }

  private String page() {
    CommandSpec spec = command.getCommandSpec();
    String name = spec.qualifiedName("-");
    List<String> description = Arrays.asList(spec.usageMessage().description());
    line(".TH \"" + name.toUpperCase(Locale.ROOT) + "\" 1 \"\" \"flake-relay\"");
    line(".SH NAME");
    line(text(name + " - " + description.getFirst().replaceFirst("\\.$", "")));
    line(".SH SYNOPSIS");
    line(".nf");
    line(text(command.getHelp().synopsis(0).strip()));
    line(".fi");
    line(".SH DESCRIPTION");
    description.forEach(each -> line(text(each)));
    if (!spec.positionalParameters().isEmpty() || !spec.options().isEmpty()) {
      line(".SH OPTIONS");
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      entry(parameter.paramLabel(), parameter.description());
    }
    for (OptionSpec option : spec.options()) {
      String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
      entry(String.join(", ", option.names()) + value, option.description());
    }
    if (!command.getSubcommands().isEmpty()) {
      line(".SH COMMANDS");
      command
          .getSubcommands()
          .forEach((each, of) -> entry(each, of.getCommandSpec().usageMessage().description()));
    }
    line(".SH EXIT STATUS");
    line("0 done, 1 the work failed, 2 wrong usage or configuration.");
    return page.toString();
  }

  private void entry(String term, String[] description) {
    line(".TP");
    line(".B " + text(term));
    line(text(Arrays.stream(description).collect(Collectors.joining(" "))));
  }

  /** No line of it is taken for a request, and no hyphen for a dash. */
  private static String text(String words) {
    String escaped = words.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  private void line(String line) {
    page.append(line).append('\n');
  }
}
