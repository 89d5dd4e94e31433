package dev.flakerelay.cli.app;

import dev.flakerelay.cli.option.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code relay app}. */
@Command(
    name = "app",
    description = "Makes a GitHub App that opens repositories.",
    subcommands = AppCreateCommand.class,
    synopsisSubcommandLabel = "COMMAND")
public final class AppCommand {
  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  /** Made by picocli. */
  public AppCommand() {}
}
