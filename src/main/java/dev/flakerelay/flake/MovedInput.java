package dev.flakerelay.flake;

import dev.flakerelay.Revision;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * An input of an input that is locked at another revision than before.
 *
 * @param path the names that lead to it, such as {@code app/nixpkgs}
 * @param before empty if it was not there, had no revision, or followed another
 * @param after the same of what is there now
 */
public record MovedInput(String path, Optional<Revision> before, Optional<Revision> after) {
  private static final Pattern LINE =
      Pattern.compile("(?m)^\\S.*: (?:none|[0-9a-f]{7}) → (?:none|[0-9a-f]{7})$");

  /** The lines of a text that have the form of {@link #toString}. */
  public static List<String> linesIn(String text) {
    return LINE.matcher(text).results().map(MatchResult::group).toList();
  }

  /** A text without these lines. */
  public static String without(String text) {
    return LINE.matcher(text).replaceAll("");
  }

  /** {@code app/nixpkgs: 1234567 → 89abcde}. */
  @Override
  public String toString() {
    return path + ": " + text(before) + " → " + text(after);
  }

  private static String text(Optional<Revision> revision) {
    return revision.map(Revision::abbreviated).orElse("none");
  }
}
