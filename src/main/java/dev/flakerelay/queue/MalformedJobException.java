package dev.flakerelay.queue;

/** A message's text is not a job as {@link JobJson} writes it: no retry can help. */
public final class MalformedJobException extends Exception {
  private static final long serialVersionUID = 1;

  /** Says what is wrong with the text, and where. */
  public MalformedJobException(String message) {
    super(message);
  }

  /** The same, caused by another failure. */
  public MalformedJobException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What is wrong with the text; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
