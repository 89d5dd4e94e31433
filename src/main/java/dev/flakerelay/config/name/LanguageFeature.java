package dev.flakerelay.config.name;

import dev.flakerelay.config.Choice;
import java.util.List;

/**
 * A feature of the Nix language that is still an experiment ("Experimental Features" in the Nix
 * manual). Others change what nix does, which flake-relay decides.
 */
public final class LanguageFeature {
  private static final List<String> KNOWN =
      List.of("pipe-operators", "no-url-literals", "parse-toml-timestamps");

  private LanguageFeature() {}

  /**
   * Reads a feature's name.
   *
   * @throws IllegalArgumentException if it is none of the language
   */
  public static String parse(String text) {
    if (!KNOWN.contains(text)) {
      throw new IllegalArgumentException(
          "not a feature of the Nix language: " + Choice.hint(text, KNOWN));
    }
    return text;
  }
}
