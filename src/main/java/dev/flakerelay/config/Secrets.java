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
 */
public record Secrets(List<SecretReference> webhook, Optional<SecretReference> git) {
  /** The secrets of a relay that has none. */
  public static final Secrets NONE = new Secrets(List.of(), Optional.empty());
}
