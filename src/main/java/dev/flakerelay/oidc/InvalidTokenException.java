package dev.flakerelay.oidc;

import org.jspecify.annotations.Nullable;

/** A token that proves nothing here. */
public final class InvalidTokenException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidTokenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Says why, for the operator's log; nothing of the token is repeated. */
  InvalidTokenException(String message) {
    this(message, null);
  }

  /** Why; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
