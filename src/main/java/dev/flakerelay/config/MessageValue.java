package dev.flakerelay.config;

import java.util.regex.Pattern;

/** Makes a stranger's text safe for one line of a commit message. */
final class MessageValue {
  private static final int MAX_LENGTH = 256;

  /** Line and paragraph separators and every control character: they become a space. */
  private static final Pattern BREAK = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

  /** Invisible characters, among them all that turn the direction of text, and broken ones. */
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}]");

  private MessageValue() {}

  /**
   * Cleans a value.
   *
   * @return one line of visible characters with single spaces, at most 256 code points; empty if
   *     nothing visible was there
   */
  static String clean(String value) {
    // Cut before the patterns run: the value may be megabytes.
    String start = value.substring(0, Math.min(value.length(), 8 * MAX_LENGTH));
    String line = INVISIBLE.matcher(BREAK.matcher(start).replaceAll(" ")).replaceAll("");
    String visible = line.replaceAll("[\\s\\p{Z}]+", " ").strip();
    return visible.codePointCount(0, visible.length()) <= MAX_LENGTH
        ? visible
        : visible.substring(0, visible.offsetByCodePoints(0, MAX_LENGTH - 1)).strip() + "…";
  }
}
