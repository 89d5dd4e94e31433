package dev.flakerelay.webhook;

import org.jspecify.annotations.Nullable;

/** A delivery that was signed, but is not what GitHub documents; answered 400. */
final class MalformedDeliveryException extends Exception {
  private static final long serialVersionUID = 1;

  /** Says what is wrong and where, in words of ours: nothing of the delivery is repeated. */
  MalformedDeliveryException(String message) {
    this(message, null);
  }

  /** The same, with what found it. */
  MalformedDeliveryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** What is wrong and where; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
