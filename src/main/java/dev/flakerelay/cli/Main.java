package dev.flakerelay.cli;

import dev.flakerelay.OutboundNetwork;
import dev.flakerelay.VisibleText;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.SecretException;
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
      UpdateCommand.class,
      ReconcileCommand.class,
      RetryCommand.class,
      SendCommand.class,
      CheckCommand.class,
      VerifyCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "`relay COMMAND --help` tells more. Exit code: 0 done, 1 failed, 2 wrong usage."})
public final class Main {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG = 2;

  private static final int WIDTH = 100;

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
    return new CommandLine(new Main())
        .setUsageHelpWidth(WIDTH)
        .setExecutionExceptionHandler((failure, command, parsed) -> report(failure))
        .execute(arguments);
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
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"flake-relay " + (version == null ? "(not packaged)" : version)};
    }
  }
}
