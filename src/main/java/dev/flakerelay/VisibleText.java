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

  private static final int BRIEF = 600;

  private VisibleText() {}

  /** Breaks and control characters become a space, invisible ones nothing; the rest stays. */
  public static String of(String text) {
    return INVISIBLE.matcher(BREAK.matcher(text).replaceAll(" ")).replaceAll("");
  }

  /** The same of a text that may have several lines, which stay. */
  public static String ofLines(String text) {
    return text.lines().map(VisibleText::of).collect(Collectors.joining("\n"));
  }

  /** The beginning of what a server said, which may be of any length. Take out secrets before. */
  public static String brief(String words) {
    // Cut twice: what is in between takes long on long words.
    String line = of(cut(words, 4 * BRIEF)).replaceAll("\\s+", " ").strip();
    return line.length() > BRIEF || words.length() > 4 * BRIEF ? cut(line, BRIEF) + "…" : line;
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }
}
