package dev.flakerelay.cli.option;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --config}. */
public final class ConfigOption {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "the configuration, relay.yaml")
  private Path file = Path.of("relay.yaml");

  public Path file() {
    return file;
  }
}
