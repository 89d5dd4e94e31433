package dev.flakerelay.config;

/** How a commit reaches the target's branch. */
public enum Publish {
  /** Pushed to the branch itself. */
  PUSH,
  /** Pushed to a branch of its own, with a pull request to the target's branch. */
  PULL_REQUEST
}
