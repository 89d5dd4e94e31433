package dev.flakerelay.config.name;

import dev.flakerelay.config.Choice;
import java.util.List;

/**
 * How a flake is fetched: the part of a flake reference in front of the first colon ("Flake
 * references" in the Nix manual's page on {@code nix flake}).
 */
public final class SchemeName {
  private static final List<String> KNOWN =
      List.of("github", "gitlab", "sourcehut", "git+https", "git+ssh", "git+http", "https", "http");

  private static final List<String> LOCAL = List.of("path", "file", "git+file");

  private SchemeName() {}

  /**
   * Reads a scheme.
   *
   * @throws IllegalArgumentException if no flake is fetched this way, or from this machine's files
   */
  public static String parse(String text) {
    if (LOCAL.contains(text)) {
      throw new IllegalArgumentException(
          "a source's flake never reads this machine's files: name such an input in the target's"
              + " own flake.nix");
    }
    if (!KNOWN.contains(text)) {
      throw new IllegalArgumentException("unknown scheme: " + Choice.hint(text, KNOWN));
    }
    return text;
  }
}
