package dev.flakerelay.secret;

/**
 * A secret could not be read, or not be put in its place; says which one, why, and what to do, and
 * never a value.
 */
public final class SecretException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean retryable;

  /** A secret that is missing or empty: no second try helps. */
  SecretException(SecretReference reference, String why) {
    super("the secret " + reference + " can't be read: " + why);
    this.retryable = false;
  }

  /** A secret whose store failed; a second try may help. */
  SecretException(SecretReference reference, String why, Throwable cause) {
    super("the secret " + reference + " can't be read: " + why, cause);
    this.retryable = true;
  }

  private SecretException(String message) {
    super(message);
    this.retryable = false;
  }

  /** A secret that can't be put in its place. */
  static SecretException unwritable(SecretReference reference, String why) {
    return new SecretException("the secret " + reference + " can't be written: " + why);
  }

  /** Whether its store failed in a way that may pass, rather than the configuration. */
  public boolean isRetryable() {
    return retryable;
  }

  /** Which one, why and what to do; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
