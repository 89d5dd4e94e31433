package dev.flakerelay.github;

/**
 * A token for GitHub's REST API; shows itself as {@code ***} wherever it is printed.
 *
 * @param value the token
 */
public record GitHubToken(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
