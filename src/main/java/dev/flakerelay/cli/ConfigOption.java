package dev.flakerelay.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --config}. */
final class ConfigOption {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "the configuration, relay.yaml")
  private Path file = Path.of("relay.yaml");

  Path file() {
    return file;
  }
}
