package dev.flakerelay.queue;

/** The queue could not be reached, or did not take what it was given. */
public final class QueueUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  /** Says what was tried and why it failed. */
  public QueueUnavailableException(String message) {
    super(message);
  }

  /** The same, caused by another failure. */
  public QueueUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What was tried and why it failed; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
