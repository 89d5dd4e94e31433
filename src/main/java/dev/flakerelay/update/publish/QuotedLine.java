package dev.flakerelay.update.publish;

import dev.flakerelay.VisibleText;
import java.util.regex.Pattern;

/**
 * A stranger's line in a pull request's body, which mentions nobody, refers to nothing and closes
 * nothing: neither there ("Linking a pull request to an issue" in GitHub's documentation), nor in
 * the message of a merge, which forges may make from it and read as plain text.
 */
final class QuotedLine {
  private static final int LONGEST = 120;

  /** What makes a mention, a reference or a link of what follows. */
  private static final Pattern REFERENCE =
      Pattern.compile("[@#!]|\\bGH-|://|\\bwww\\.", Pattern.CASE_INSENSITIVE);

  /** Takes no room, and ends a word. */
  private static final String BREAK = "\u200b";

  private QuotedLine() {}

  /** The line as code, in Markdown. */
  static String of(String line) {
    String visible = VisibleText.of(line).strip().replace('`', '\'');
    String brief =
        visible.length() <= LONGEST ? visible : VisibleText.of(visible.substring(0, LONGEST)) + "…";
    return "`" + REFERENCE.matcher(brief).replaceAll("$0" + BREAK) + "`";
  }
}
