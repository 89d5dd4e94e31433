package dev.flakerelay.cli.option;

/** The program can't start as it was asked to: exit code 2, and one line that says why. */
public final class SetupException extends Exception {
  private static final long serialVersionUID = 1;

  public SetupException(String message) {
    super(message);
  }

  public SetupException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Checks the value of an option.
   *
   * @param range the values that it may have, in words
   */
  public static void require(boolean valid, String option, Object value, String range)
      throws SetupException {
    if (!valid) {
      throw new SetupException(option + " is " + value + ": name a value of " + range);
    }
  }
}
