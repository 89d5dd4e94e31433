package dev.flakerelay.config;

/** What a route may do that is refused otherwise. */
public enum Allow {
  /** Lock a revision that is older than the locked one. */
  DOWNGRADE,
  /**
   * Lock a revision that the locked one does not lead to, or that is not on the source's branch.
   */
  DIVERGED
}
