package dev.flakerelay;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A release's version as it may stand in a commit message and in a log line: 1 to 64 characters of
 * {@code A-Z a-z 0-9 . _ + ~ / -}, at least one of them a letter or a digit. There is no space,
 * line break or colon among them, so that no version can look like a trailer, nor {@code @} or
 * {@code #}, which forges turn into mentions.
 *
 * @param text the characters
 */
public record Version(String text) {
  private static final int LONGEST = 64;
  private static final Pattern CLEAN = Pattern.compile("[A-Za-z0-9._+~/-]{1," + LONGEST + "}");
  private static final Pattern UNWANTED = Pattern.compile("[^A-Za-z0-9._+~/-]+");
  private static final Pattern PREFIX = Pattern.compile("^[vV](?=[0-9])");
  private static final Pattern LETTER_OR_DIGIT = Pattern.compile("[A-Za-z0-9]");

  /**
   * Checks the characters.
   *
   * @throws IllegalArgumentException if {@code text} is not clean
   */
  public Version {
    if (!CLEAN.matcher(text).matches() || !LETTER_OR_DIGIT.matcher(text).find()) {
      throw new IllegalArgumentException("a version is 1 to 64 characters of A-Za-z0-9._+~/-");
    }
  }

  /**
   * Makes a version of text from outside, such as a tag's name: drops every other character and a
   * leading {@code v} before a digit, and cuts what is longer than 64 characters.
   *
   * @param text anything, of any length
   * @return empty if no letter or digit is left
   */
  public static Optional<Version> clean(String text) {
    String allowed = UNWANTED.matcher(text).replaceAll("");
    String number = PREFIX.matcher(allowed).replaceFirst("");
    String cut = number.substring(0, Math.min(LONGEST, number.length()));
    return LETTER_OR_DIGIT.matcher(cut).find() ? Optional.of(new Version(cut)) : Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
