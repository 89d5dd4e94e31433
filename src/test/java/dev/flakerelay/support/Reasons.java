package dev.flakerelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;

/** What every reason keeps to that people are told, whatever failed. */
public final class Reasons {
  private static final Pattern CLASS = Pattern.compile("[a-z]+\\.[a-z]+\\.[A-Z]");
  private static final Pattern IDENTITY = Pattern.compile("@[0-9a-f]{6}");
  private static final Pattern SIMPLE_NAME = Pattern.compile("\\b[A-Z]\\w+(?:Exception|Error)\\b");

  private Reasons() {}

  /** Expects no name of a class, and no object that could not say what it is. */
  public static String plain(String reason) {
    for (Pattern technical : new Pattern[] {CLASS, IDENTITY, SIMPLE_NAME}) {
      assertThat(reason).doesNotContainPattern(technical);
    }
    return reason;
  }
}
