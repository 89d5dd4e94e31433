package dev.flakerelay.update;

import dev.flakerelay.FailureText;
import dev.flakerelay.RetryableException;

/** What it means for a job that the Java machine, or this program itself, failed at it. */
public final class MachineFailure {
  /**
   * Tries of a job for which memory or stack did not suffice. Each may take others' work along, and
   * what it reads will be as large the next time.
   */
  private static final int MOST_TRIES = 3;

  private static final System.Logger LOG = System.getLogger(MachineFailure.class.getName());

  private MachineFailure() {}

  /** The failure in a user's words; the log is told the rest. */
  public static RetryableException of(Throwable failure) {
    String words =
        switch (failure) {
          case OutOfMemoryError _ ->
              "there was too little memory for it: flake-relay may use "
                  + (Runtime.getRuntime().maxMemory() >> 20)
                  + " MB; give it more if that happens again";
          case StackOverflowError _ -> "something that it reads is nested too deeply to be read";
          case LinkageError _ ->
              "a part of flake-relay is missing, or was replaced while it ran ("
                  + failure.getClass().getSimpleName()
                  + ": "
                  + FailureText.of(failure)
                  + "): restart it, and if that does not help, install it anew";
          default -> "a mistake in flake-relay: the log has it at this time, please report that";
        };
    if (!(failure instanceof Error)) {
      LOG.log(System.Logger.Level.ERROR, "a job met a mistake in flake-relay", failure);
    }
    return new RetryableException(words, failure);
  }

  /** At which receipt a job that fails so is not tried again. */
  static int lastTry(RetryableException why, int maxReceiveCount) {
    return why.getCause() instanceof VirtualMachineError
        ? Math.min(MOST_TRIES, maxReceiveCount)
        : maxReceiveCount;
  }
}
