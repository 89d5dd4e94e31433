package dev.flakerelay.config;

import dev.flakerelay.config.message.MessageTemplate;
import java.util.regex.Pattern;

/**
 * How a commit looks.
 *
 * @param message the template of its message
 * @param author author and committer
 * @param sign how it is signed
 */
public record CommitStyle(MessageTemplate message, Author author, Sign sign) {
  /** The style where the config names none. */
  public static final CommitStyle DEFAULT =
      new CommitStyle(MessageTemplate.DEFAULT, Author.DEFAULT, Sign.NONE);

  /**
   * Who commits.
   *
   * @param name as Git shows it, without angle brackets
   * @param email without angle brackets
   */
  public record Author(String name, String email) {
    private static final Pattern FORBIDDEN = Pattern.compile("[<>\\p{Cntrl}\\u2028\\u2029]");

    /** The author where the config names none. */
    public static final Author DEFAULT =
        new Author("flake-relay", "flake-relay@users.noreply.github.com");

    /**
     * Checks that both fit into a commit's header.
     *
     * @throws IllegalArgumentException if one is blank or has an angle bracket or a line break
     */
    public Author {
      clean(name);
      clean(email);
    }

    /**
     * Checks one of the two.
     *
     * @return the text as it came
     * @throws IllegalArgumentException as the constructor does
     */
    public static String clean(String text) {
      if (text.isBlank() || FORBIDDEN.matcher(text).find()) {
        throw new IllegalArgumentException(
            "not fit for a commit's author: leave out < > and line breaks");
      }
      return text;
    }
  }
}
