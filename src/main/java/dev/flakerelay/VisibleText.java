package dev.flakerelay;

import java.nio.charset.StandardCharsets;
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

  /** Bytes of a reason, UTF-8. */
  private static final int REASON = 1024;

  private static final int WORD = 200;

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

  /** The beginning of a name or an address that somebody else chose. */
  public static String word(String word) {
    String line = of(cut(word, 4 * WORD));
    return line.length() > WORD || word.length() > 4 * WORD ? cut(line, WORD) + "…" : line;
  }

  /** Why something failed, as one line of at most 1,024 bytes. */
  public static String reason(String reason) {
    String line = of(cut(reason, REASON));
    if (reason.length() <= REASON && bytes(line) <= REASON) {
      return line;
    }
    String end = "…";
    while (bytes(line) + bytes(end) > REASON) {
      line = cut(line, line.length() - 1);
    }
    return line + end;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    boolean isSplit = most > 0 && Character.isHighSurrogate(text.charAt(most - 1));
    return text.substring(0, isSplit ? most - 1 : most);
  }
}
