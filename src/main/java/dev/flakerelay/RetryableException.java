package dev.flakerelay;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A later try may succeed: the job's message becomes visible again after a backoff. */
public final class RetryableException extends JobException {
  private static final long serialVersionUID = 1;

  private final @Nullable Duration retryAfter;

  /** Says what was tried and why it failed this time. */
  public RetryableException(String message) {
    super(message);
    this.retryAfter = null;
  }

  /** The same, caused by another failure. */
  public RetryableException(String message, Throwable cause) {
    super(message, cause);
    this.retryAfter = null;
  }

  /** The same, where the other side named the time to wait (HTTP's {@code Retry-After}). */
  public RetryableException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** The same, with both. */
  public RetryableException(String message, Throwable cause, Duration retryAfter) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  /** The same failure, of which something more is known. */
  public RetryableException explained(String why) {
    String message = getMessage() + " (" + why + ")";
    return retryAfter == null
        ? new RetryableException(message, this)
        : new RetryableException(message, this, retryAfter);
  }

  /** How long the other side asked to be left alone, if it did. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
