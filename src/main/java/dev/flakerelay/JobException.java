package dev.flakerelay;

/** Why a job could not be done; the type says what becomes of its message. */
public abstract sealed class JobException extends Exception
    permits PermanentException, RetryableException {
  private static final long serialVersionUID = 1;

  JobException(String message) {
    super(VisibleText.reason(message));
  }

  JobException(String message, Throwable cause) {
    super(VisibleText.reason(message), cause);
  }

  /**
   * What was tried, why it failed and what to do; never null, free of secrets, and one line of at
   * most 1 KB, whatever somebody else's words are in it.
   */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
