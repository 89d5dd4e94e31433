package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a nix program.
 *
 * @param text as the program says it, such as {@code 2.26.3}
 */
record NixVersion(String text) {
  /** The oldest with {@code nix flake update NAME}, which messages advise. */
  static final NixVersion OLDEST = new NixVersion("2.19");

  private static final Pattern NUMBER = Pattern.compile("\\d+\\.\\d+\\S*");

  /**
   * Asks the program.
   *
   * @throws JobException if it does not run, or is older than 2.19
   */
  static NixVersion of(NixProcess nix) throws IOException, JobException {
    String output = nix.run(List.of("--version"), "nix does not run", List.of()).strip();
    NixVersion version =
        in(output)
            .orElseThrow(
                () -> new PermanentException(nix + " does not say its version, but: " + output));
    if (version.number() < OLDEST.number()) {
      throw new PermanentException(
          nix + " is nix " + version + ": version " + OLDEST + " or newer is needed");
    }
    return version;
  }

  /** The version in what {@code nix --version} printed. */
  static Optional<NixVersion> in(String output) {
    Matcher number = NUMBER.matcher(output);
    return number.find() ? Optional.of(new NixVersion(number.group())) : Optional.empty();
  }

  /** The first two parts in one. */
  private int number() {
    String[] parts = text.replaceFirst("^(\\d+\\.\\d+).*", "$1").split("\\.", 2);
    return 10_000 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]);
  }

  @Override
  public String toString() {
    return text;
  }
}
