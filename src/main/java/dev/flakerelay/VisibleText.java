package dev.flakerelay;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A stranger's text as one line that shows all it has: it can forge no second line, and neither
 * steer a terminal nor turn text around.
 */
public final class VisibleText {
  /** Line and paragraph separators and every control character. */
  private static final Pattern BREAK = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]+");

  /** Invisible characters, among them all that turn the direction of text, and broken ones. */
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}]");

  private VisibleText() {}

  /** Breaks and control characters become a space, invisible ones nothing; the rest stays. */
  public static String of(String text) {
    return INVISIBLE.matcher(BREAK.matcher(text).replaceAll(" ")).replaceAll("");
  }

  /** The same of a text that may have several lines, which stay. */
  public static String ofLines(String text) {
    return text.lines().map(VisibleText::of).collect(Collectors.joining("\n"));
  }
}
