package dev.flakerelay.oidc;

/**
 * What a verified token says ("OpenID Connect reference" in GitHub's documentation, OIDC token
 * claims).
 *
 * @param id the token's own, {@code jti}
 * @param repository {@code owner/name}, whose workflow it was given to
 * @param ref what the workflow runs for, such as {@code refs/heads/main}
 * @param run the workflow's run, digits
 * @param attempt which try of the run it is, digits
 */
public record WorkflowToken(String id, String repository, String ref, String run, String attempt) {}
