package dev.flakerelay;

import java.time.Duration;

/**
 * When the work for a job must have ended. Everything in it keeps to this: whatever waits is given
 * no more than what {@link #remaining} says, and loops that compute look at a {@link Computation}.
 */
public final class Deadline {
  /** For work that nobody waits for; its parts have limits of their own. */
  public static final Deadline NONE = in(Duration.ofDays(36_500));

  private final Duration time;
  private final long begin;

  private Deadline(Duration time, long begin) {
    this.time = time;
    this.begin = begin;
  }

  /** So much time, from now on. */
  public static Deadline in(Duration time) {
    return new Deadline(time, System.nanoTime());
  }

  /** So much time, from a while ago on. */
  static Deadline in(Duration time, Duration passed) {
    return new Deadline(time, System.nanoTime() - passed.toNanos());
  }

  /** What is left of the time; zero, and never less, if it is over. */
  public Duration remaining() {
    Duration left = time.minusNanos(System.nanoTime() - begin);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Whether the time is over. */
  public boolean isOver() {
    return remaining().isZero();
  }

  /** A limit of its own, or what is left if that is less. */
  public Duration atMost(Duration limit) {
    Duration left = remaining();
    return left.compareTo(limit) < 0 ? left : limit;
  }

  /**
   * A loop that begins now.
   *
   * @param attempt what it is to do, for messages: {@code could not …}
   */
  public Computation computation(String attempt) {
    return new Computation(attempt);
  }

  /** A loop that waits for nothing, so that all its time is its own. */
  public final class Computation {
    private final String attempt;
    private final long start = System.nanoTime();

    private Computation(String attempt) {
      this.attempt = attempt;
    }

    /**
     * Looks at the time; to be called in every round.
     *
     * @throws PermanentException if the time is over, and a quarter of it or more went here: so it
     *     will the next time
     * @throws RetryableException if the time is over because of what came before, or this thread is
     *     interrupted
     */
    public void check() throws JobException {
      if (Thread.currentThread().isInterrupted()) {
        throw new RetryableException(attempt + ": flake-relay was stopped meanwhile");
      }
      if (!isOver()) {
        return;
      }
      Duration here = Duration.ofNanos(System.nanoTime() - start);
      String words = attempt + ": the " + time.toSeconds() + " s that one job may take are over";
      if (here.compareTo(time.dividedBy(4)) < 0) {
        throw new RetryableException(words);
      }
      throw new PermanentException(
          words + ", of which this computed " + here.toSeconds() + " s: it is too large");
    }
  }
}
