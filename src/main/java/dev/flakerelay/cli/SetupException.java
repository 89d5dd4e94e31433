package dev.flakerelay.cli;

/** The program can't start as it was asked to: exit code 2, and one line that says why. */
final class SetupException extends Exception {
  private static final long serialVersionUID = 1;

  SetupException(String message) {
    super(message);
  }

  SetupException(String message, Throwable cause) {
    super(message, cause);
  }
}
