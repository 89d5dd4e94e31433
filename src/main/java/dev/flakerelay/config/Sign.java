package dev.flakerelay.config;

/** How commits are signed. */
public enum Sign {
  /** Not at all. */
  NONE,
  /** With the key of {@code secrets.signing}. */
  SSH,
  /** By GitHub, whose API makes them as the App. */
  GITHUB
}
