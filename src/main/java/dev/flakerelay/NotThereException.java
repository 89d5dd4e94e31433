package dev.flakerelay;

/**
 * What was asked for is not on the server. If it was announced a moment ago it may still come: the
 * servers of a forge do not all learn of it at once.
 */
public final class NotThereException extends PermanentException {
  private static final long serialVersionUID = 1;

  /** Says what was tried, what is missing and what to do. */
  public NotThereException(String message) {
    super(message);
  }

  /** The same, caused by another failure. */
  public NotThereException(String message, Throwable cause) {
    super(message, cause);
  }
}
