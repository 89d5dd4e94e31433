package dev.flakerelay.config;

import dev.flakerelay.secret.SecretReference;
import java.util.List;
import java.util.Optional;

/**
 * References to the secrets, never their values.
 *
 * @param webhook none if every trigger is a dispatch; a delivery signed with any of them is
 *     accepted, so that a secret can be rotated
 * @param git the token for private repositories and for pushing over HTTPS
 * @param gitHubApp the App that opens repositories on GitHub
 * @param signing an OpenSSH private key for commits
 */
public record Secrets(
    List<SecretReference> webhook,
    Optional<SecretReference> git,
    Optional<GitHubAppSecret> gitHubApp,
    Optional<SecretReference> signing) {
  /** The secrets of a relay that has none. */
  public static final Secrets NONE = new Secrets(List.of(), Optional.empty());

  /** Secrets without an App and without signatures. */
  public Secrets(List<SecretReference> webhook, Optional<SecretReference> git) {
    this(webhook, git, Optional.empty(), Optional.empty());
  }

  /** Whether something is named that may open pull requests. */
  public boolean openRepositories() {
    return git.isPresent() || gitHubApp.isPresent();
  }
}
