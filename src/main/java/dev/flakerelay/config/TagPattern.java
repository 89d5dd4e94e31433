package dev.flakerelay.config;

import dev.flakerelay.Version;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Where a tag's name has the version: a regular expression for the whole name ({@link Pattern}),
 * with one group around the version.
 *
 * @param text as the configuration has it
 */
public record TagPattern(String text) {
  /** Characters that may be looked at for one tag, so that no expression can take for ever. */
  private static final int BUDGET = 100_000;

  /**
   * Checks the expression.
   *
   * @throws IllegalArgumentException if it is none, or has not exactly one group
   */
  public TagPattern {
    int groups;
    try {
      groups = Pattern.compile(text).matcher("").groupCount();
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "not a regular expression: "
              + e.getDescription()
              + (e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1)),
          e);
    }
    if (groups != 1) {
      throw new IllegalArgumentException(
          "has "
              + groups
              + " groups: write one (…) around the version, as in hello-v(.+),"
              + " and (?:…) around anything else");
    }
  }

  /**
   * The version that a tag names.
   *
   * @param tag its name, or its reference {@code refs/tags/…}
   * @return empty if the tag has another form, or what stands in the group is no version
   */
  public Optional<Version> version(String tag) {
    return Version.tag(tag).flatMap(this::group).flatMap(Version::of);
  }

  private Optional<String> group(String tag) {
    Matcher matcher = Pattern.compile(text).matcher(new Budgeted(tag));
    try {
      return matcher.matches() ? Optional.ofNullable(matcher.group(1)) : Optional.empty();
    } catch (BudgetException e) {
      return Optional.empty();
    }
  }

  /** Text that can only be looked at so often. */
  private static final class Budgeted implements CharSequence {
    private final String text;
    private int left = BUDGET;

    private Budgeted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw new BudgetException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final class BudgetException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
