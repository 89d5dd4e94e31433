package dev.flakerelay.app;

import dev.flakerelay.config.Secrets;
import dev.flakerelay.forge.Credentials;
import dev.flakerelay.forge.FixedToken;
import dev.flakerelay.forge.github.AppIdentity;
import dev.flakerelay.forge.github.GitHubApp;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretReference;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.update.Signing;
import java.time.InstantSource;
import java.util.List;

/** Makes of the secrets that relay.yaml names what they are for. */
final class ConfiguredSecrets {
  private ConfiguredSecrets() {}

  /** What opens repositories. */
  static Credentials credentials(Secrets secrets, SecretReader reader, InstantSource clock) {
    Credentials token =
        new FixedToken(SecretValues.of(reader, secrets.git().stream().toList(), clock));
    return secrets
        .gitHubApp()
        .map(app -> new AppIdentity(app.host(), app.id(), value(app.key(), reader, clock), clock))
        .<Credentials>map(identity -> new GitHubApp(identity, token))
        .orElse(token);
  }

  /** What signs commits. */
  static Signing signing(Secrets secrets, SecretReader reader, InstantSource clock) {
    return new Signing(SecretValues.of(reader, secrets.signing().stream().toList(), clock));
  }

  private static SecretValues value(
      SecretReference reference, SecretReader reader, InstantSource clock) {
    return SecretValues.of(reader, List.of(reference), clock);
  }
}
