package dev.flakerelay.cli;

import dev.flakerelay.cli.option.QueueOptions;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.local.Observed;
import dev.flakerelay.local.admin.AdminAddress;
import dev.flakerelay.local.admin.FormToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --admin} of {@code relay serve}. */
final class AdminOption {
  private static final String OFF = "off";

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description = {
        "where the status page, /metrics and /readyz are, or off",
        "(127.0.0.1:8081, or a free port if that one is in use)"
      })
  private Optional<String> place = Optional.empty();

  /** As a message names it. */
  String place() {
    return place.orElse(AdminAddress.DEFAULT.toString());
  }

  /** How the service is looked at. */
  Observed observed(QueueOptions queue, Path config) throws SetupException {
    return new Observed(
        queue.journal(),
        address(),
        token(queue.data().toAbsolutePath()),
        "flake-relay " + Main.Version.text(),
        config.toAbsolutePath().toString(),
        queue.data().toAbsolutePath());
  }

  private Optional<AdminAddress> address() throws SetupException {
    if (place.equals(Optional.of(OFF))) {
      return Optional.empty();
    }
    try {
      return Optional.of(place.map(AdminAddress::parse).orElse(AdminAddress.DEFAULT));
    } catch (IllegalArgumentException e) {
      throw new SetupException("--admin is " + place() + ": " + e.getMessage(), e);
    }
  }

  private static FormToken token(Path data) throws SetupException {
    try {
      return FormToken.in(data);
    } catch (IOException e) {
      throw new SetupException(
          "Tried to keep the page's token in " + data + " but failed because: " + e.getMessage(),
          e);
    }
  }
}
