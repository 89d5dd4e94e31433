package dev.flakerelay;

/** What speaks at a host besides Git. */
public enum ForgeKind {
  /** GitHub, GHE.com or a GitHub Enterprise Server. */
  GITHUB,
  /** Forgejo. */
  FORGEJO,
  /** Gitea, whose API Forgejo's was made from. */
  GITEA,
  /** No API that is known here. */
  GIT
}
