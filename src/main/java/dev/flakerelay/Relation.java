package dev.flakerelay;

/** How a revision of a source relates to the locked one. */
public enum Relation {
  /** It is the locked one. */
  SAME,
  /** It is on the branch, and came after the locked one. */
  NEWER,
  /** It is on the branch, and the locked one came after it. */
  OLDER,
  /** It is on the branch, and neither came after the other: the history was rewritten or forked. */
  DIVERGED,
  /** It is not on the branch. */
  OFF_BRANCH
}
