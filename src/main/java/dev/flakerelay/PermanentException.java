package dev.flakerelay;

/** No retry can help: the job ends {@code rejected} and its message is deleted. */
public sealed class PermanentException extends JobException permits NotThereException {
  private static final long serialVersionUID = 1;

  /** Says what was tried, why it can't work and what to do. */
  public PermanentException(String message) {
    super(message);
  }

  /** The same, caused by another failure. */
  public PermanentException(String message, Throwable cause) {
    super(message, cause);
  }
}
