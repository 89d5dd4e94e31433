package dev.flakerelay.config;

/**
 * How a commit looks.
 *
 * @param message the template of its message
 * @param author author and committer
 */
public record CommitStyle(String message, Author author) {
  /** The message where the config names none. */
  public static final String DEFAULT_MESSAGE = "chore: bump {input} to v{version} ({sha7})";

  /**
   * Who commits.
   *
   * @param name as Git shows it, without angle brackets
   * @param email without angle brackets
   */
  public record Author(String name, String email) {
    /** The author where the config names none. */
    public static final Author DEFAULT =
        new Author("flake-relay", "flake-relay@users.noreply.github.com");
  }
}
