package dev.flakerelay.forge;

/** What is to be done with a repository. */
public enum Permission {
  /** Fetch it, and compare its commits. */
  READ,
  /** Push commits to its branches. */
  PUSH,
  /** Open and change pull requests. */
  PROPOSE,
  /** Set commit statuses. */
  REPORT,
  /** Read commit statuses and check runs. */
  CHECK
}
