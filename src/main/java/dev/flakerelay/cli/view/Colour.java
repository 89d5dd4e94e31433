package dev.flakerelay.cli.view;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Colours the word that a line begins with, by what it means: on a terminal, and unless {@code
 * NO_COLOR} is set (no-color.org).
 *
 * @param on whether to colour at all
 */
public record Colour(boolean on) {
  private static final Pattern WORD =
      Pattern.compile("(\\s*)([A-Za-z]+(?: ready)?)(.*)", Pattern.DOTALL);
  private static final String GREEN = "32";
  private static final String YELLOW = "33";
  private static final String RED = "31";

  private static final Map<String, String> MEANING =
      Map.ofEntries(
          Map.entry("ready", GREEN),
          Map.entry("updated", GREEN),
          Map.entry("current", GREEN),
          Map.entry("ok", GREEN),
          Map.entry("true", GREEN),
          Map.entry("behind", YELLOW),
          Map.entry("lags", YELLOW),
          Map.entry("rejected", YELLOW),
          Map.entry("failed", RED),
          Map.entry("wrong", RED),
          Map.entry("LIES", RED),
          Map.entry("not ready", RED));

  /**
   * What a terminal wants.
   *
   * @param terminal whether the output is one
   */
  public static Colour of(boolean terminal, Map<String, String> environment) {
    boolean refused =
        !environment.getOrDefault("NO_COLOR", "").isEmpty()
            || environment.getOrDefault("TERM", "dumb").equals("dumb");
    return new Colour(terminal && !refused);
  }

  /** The same line, its first word coloured where that has a meaning. */
  public String line(String line) {
    Matcher match = WORD.matcher(line);
    if (!on || !match.matches()) {
      return line;
    }
    return Optional.ofNullable(MEANING.get(match.group(2)))
        .map(
            code ->
                match.group(1) + "\033[" + code + "m" + match.group(2) + "\033[0m" + match.group(3))
        .orElse(line);
  }
}
