package dev.flakerelay.config;

/** What the source's own checks of a revision count for. */
public enum Checks {
  /** Nothing. */
  IGNORED,
  /** They must have succeeded before the revision is locked. */
  REQUIRED
}
