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
  /** What a version is made of, for error messages. */
  public static final String FORM = "1 to 64 characters of A-Z a-z 0-9 . _ + ~ / -";

  /** Of a tag's name, in characters; longer text is not looked into. */
  public static final int LONGEST_TAG = 256;

  private static final Pattern CLEAN = Pattern.compile("(?=.*[A-Za-z0-9])[A-Za-z0-9._+~/-]{1,64}");
  private static final String TAGS = "refs/tags/";

  /**
   * The name of what is released, as in {@code hello-v1.2}, {@code hello/v1.2}, {@code hello@1.2}.
   */
  private static final String NAME =
      "(?![vV]?[0-9])[A-Za-z@][A-Za-z0-9._+/@-]*?(?:[-_/][vV]|@[vV]?)";

  private static final Pattern BEFORE_NUMBER =
      Pattern.compile("^(?:" + NAME + "(?=[0-9]+\\.)|" + NAME + "(?=[0-9])|[vV](?=[0-9]))");

  /**
   * Checks the characters.
   *
   * @throws IllegalArgumentException if {@code text} is not clean
   */
  public Version {
    if (!CLEAN.matcher(text).matches()) {
      throw new IllegalArgumentException("a version is " + FORM);
    }
  }

  /**
   * Makes a version of text from outside, such as a tag's name: without white space and {@code
   * refs/tags/} around it, the name of what is released, and a {@code v} in front of the number.
   * What is left is taken whole or not at all: a version with a part left out is another one.
   *
   * @param text anything, of any length
   * @return empty if that is no version, or another reference than a tag
   */
  public static Optional<Version> clean(String text) {
    Optional<String> tag = tag(text).filter(name -> !name.startsWith("refs/"));
    return tag.map(name -> BEFORE_NUMBER.matcher(name).replaceFirst("")).flatMap(Version::of);
  }

  /** The text as a version, if it is one. */
  public static Optional<Version> of(String text) {
    return CLEAN.matcher(text).matches() ? Optional.of(new Version(text)) : Optional.empty();
  }

  /** A tag's name, without white space and {@code refs/tags/}; empty if it is too long for one. */
  public static Optional<String> tag(String text) {
    if (text.length() > LONGEST_TAG) {
      return Optional.empty();
    }
    String name = text.strip();
    return Optional.of(name.startsWith(TAGS) ? name.substring(TAGS.length()) : name);
  }

  @Override
  public String toString() {
    return text;
  }
}
