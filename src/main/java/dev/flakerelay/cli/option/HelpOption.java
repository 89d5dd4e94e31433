package dev.flakerelay.cli.option;

import picocli.CommandLine.Option;

/** {@code --help}, and nothing else: picocli's own mixin brings a {@code --version} with it. */
public final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help and exit")
  @SuppressWarnings("unused") // picocli looks at it
  private boolean help;
}
