package dev.flakerelay.lock;

/** An engine does not make this lock, and says why; another one may. */
public final class UnfitException extends Exception {
  private static final long serialVersionUID = 1;

  /** For a reason, as a person reads it. */
  public UnfitException(String message) {
    super(message);
  }

  /** Never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
