package dev.flakerelay.cli;

import dev.flakerelay.VisibleText;
import dev.flakerelay.cli.app.AppCommand;
import dev.flakerelay.cli.demo.DemoCommand;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.log.Waiting;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.secret.SecretException;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program {@code relay}: exit code 0 done, 1 the work failed, 2 wrong usage or configuration.
 */
@Command(
    name = "relay",
    description = "Keeps a Nix flake input locked to what its source repository just released.",
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      StatusCommand.class,
      UpdateCommand.class,
      ReconcileCommand.class,
      RetryCommand.class,
      SendCommand.class,
      CheckCommand.class,
      VerifyCommand.class,
      AppCommand.class,
      CompletionCommand.class,
      ManCommand.class,
      HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "`relay COMMAND --help` tells more. Exit code: 0 done, 1 failed, 2 wrong usage."})
public final class Main {
  /** The exit code of what succeeded. */
  public static final int DONE = 0;

  /** The exit code of what failed. */
  public static final int FAILED = 1;

  static final int WRONG = 2;

  private static final int WIDTH = 80;

  /** Made by {@link #main}, and by the tests of the command line. */
  Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(System.getenv(), arguments));
  }

  static int run(Map<String, String> environment, String... arguments) {
    try {
      OutboundNetwork.install(environment);
    } catch (IOException e) {
      System.err.println("relay: " + e.getMessage());
      return WRONG;
    }
    Waiting.tellOnce(what -> System.err.println("relay: waiting for " + what));
    int code = commandLine().execute(arguments);
    return code == DONE && System.out.checkError() ? report(unwritable()) : code;
  }

  /** The commands, with what they say about wrong usage and failures. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setUsageHelpWidth(WIDTH)
        .setParameterExceptionHandler(new WrongUsage())
        .setExecutionExceptionHandler((failure, command, parsed) -> report(failure));
  }

  /** Nobody can tell an empty result from one that was lost. */
  static IOException unwritable() {
    return new IOException("could not write to stdout: the disk is full, or nobody reads it");
  }

  private static int report(Exception failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    // Only what is wrong with the configuration takes several lines.
    System.err.println(
        "relay: "
            + (failure instanceof ConfigException
                ? VisibleText.ofLines(message)
                : VisibleText.of(message)));
    return failure instanceof SetupException
            || failure instanceof ConfigException
            || failure instanceof SecretException
        ? WRONG
        : FAILED;
  }

  /** The version in the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"flake-relay " + text()};
    }

    /** The number alone. */
    static String text() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }
  }
}
