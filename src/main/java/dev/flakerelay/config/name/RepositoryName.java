package dev.flakerelay.config.name;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A repository as GitHub's payloads name it, {@code owner/name}; compared without regard to case,
 * as GitHub does.
 *
 * @param owner the account
 * @param name the repository
 */
public record RepositoryName(String owner, String name) {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]{1,100}");

  /**
   * Checks both parts and folds their case.
   *
   * @throws IllegalArgumentException if a part is empty or has a character that GitHub does not
   *     allow
   */
  public RepositoryName {
    if (!PART.matcher(owner).matches() || !PART.matcher(name).matches()) {
      throw new IllegalArgumentException("a repository is written owner/name");
    }
    owner = owner.toLowerCase(Locale.ROOT);
    name = name.toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@code owner/name}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static RepositoryName parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("a repository is written owner/name");
    }
    return new RepositoryName(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return owner + "/" + name;
  }
}
