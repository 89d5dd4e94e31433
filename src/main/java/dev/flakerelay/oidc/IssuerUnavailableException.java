package dev.flakerelay.oidc;

import org.jspecify.annotations.Nullable;

/** The issuer's keys can't be had just now, so that nothing can be said of a token. */
public final class IssuerUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  IssuerUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Says what was tried and why it failed. */
  IssuerUnavailableException(String message) {
    this(message, null);
  }

  /** What was tried and why it failed; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
