package dev.flakerelay.git;

/** Something is not in this copy of a repository, so nothing can be said about it. */
public final class UnseenException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The message says what is missing, and what to do. */
  public UnseenException(String message) {
    super(message);
  }
}
