package dev.flakerelay.config;

import dev.flakerelay.VisibleText;

/** Makes a stranger's text safe for one line of a commit message. */
final class MessageValue {
  private static final int MAX_LENGTH = 256;

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
    String visible = VisibleText.of(start).replaceAll("[\\s\\p{Z}]+", " ").strip();
    return visible.codePointCount(0, visible.length()) <= MAX_LENGTH
        ? visible
        : visible.substring(0, visible.offsetByCodePoints(0, MAX_LENGTH - 1)).strip() + "…";
  }
}
