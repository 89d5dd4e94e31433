package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import java.io.IOException;
import java.util.List;
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

  private static final Pattern NUMBER = Pattern.compile("(\\d+\\.\\d+)\\S*");

  /**
   * Asks the program.
   *
   * @throws JobException if it does not run, or is older than 2.19
   */
  static NixVersion of(NixProcess nix) throws IOException, JobException {
    String output = nix.run(List.of("--version"), "nix does not run", List.of()).strip();
    Matcher number = NUMBER.matcher(output);
    if (!number.find()) {
      throw new PermanentException(nix + " does not say its version, but: " + output);
    }
    NixVersion version = new NixVersion(number.group());
    if (version.number() < OLDEST.number()) {
      throw new PermanentException(
          nix + " is nix " + number.group(1) + ": version " + OLDEST + " or newer is needed");
    }
    return version;
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
