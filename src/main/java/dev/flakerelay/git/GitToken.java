package dev.flakerelay.git;

/**
 * An access token for Git over HTTPS; shows itself as {@code ***} wherever it is printed.
 *
 * @param value the token
 */
public record GitToken(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
