package dev.flakerelay;

/** Why a job could not be done; the type says what becomes of its message. */
public abstract sealed class JobException extends Exception
    permits PermanentException, RetryableException {
  private static final long serialVersionUID = 1;

  JobException(String message) {
    super(message);
  }

  JobException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What was tried, why it failed and what to do; never null, and free of secrets. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
