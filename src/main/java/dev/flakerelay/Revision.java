package dev.flakerelay;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Git commit id in full: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
 *
 * @param hex the digits
 */
public record Revision(String hex) {
  private static final Pattern FULL = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  /** Names no commit, as GitHub writes it where a branch is new or deleted. */
  public static final Revision NONE = new Revision("0".repeat(40));

  /**
   * Checks the digits.
   *
   * @throws IllegalArgumentException if {@code hex} is not a full lower-case commit id
   */
  public Revision {
    if (!FULL.matcher(hex).matches()) {
      throw new IllegalArgumentException("a revision is 40 or 64 hex digits");
    }
  }

  /**
   * Reads a revision as people and webhooks write it, in either case.
   *
   * @throws IllegalArgumentException if {@code text} is not 40 or 64 hex digits
   */
  public static Revision parse(String text) {
    return new Revision(text.toLowerCase(Locale.ROOT));
  }

  /** Reads a revision; empty if {@code text} is not a full lower-case id. */
  public static Optional<Revision> find(String text) {
    return FULL.matcher(text).matches() ? Optional.of(new Revision(text)) : Optional.empty();
  }

  /**
   * Whether this is the all-zero id with which GitHub says "no commit" (a deleted or a new branch).
   */
  public boolean isNone() {
    return hex.chars().allMatch(digit -> digit == '0');
  }

  /** Whether this is a commit of a repository with SHA-256 ids. */
  public boolean isSha256() {
    return hex.length() == 64;
  }

  /** The first seven digits, as people quote a revision. */
  public String abbreviated() {
    return hex.substring(0, 7);
  }

  @Override
  public String toString() {
    return hex;
  }
}
