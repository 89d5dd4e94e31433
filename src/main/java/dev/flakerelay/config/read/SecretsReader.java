package dev.flakerelay.config.read;

import dev.flakerelay.config.GitHubAppSecret;
import dev.flakerelay.config.Secrets;
import dev.flakerelay.config.yaml.Section;
import dev.flakerelay.secret.SecretReference;
import java.util.List;
import java.util.Optional;

/** Reads the {@code secrets} of {@code relay.yaml}. */
final class SecretsReader {
  private SecretsReader() {}

  /**
   * Reads them.
   *
   * @param signed whether a route waits for signed deliveries
   */
  static Optional<Secrets> secrets(Section section, boolean signed) {
    String example = "[env:RELAY_WEBHOOK_SECRET]";
    var webhook =
        (signed ? section.required("webhook", example) : section.optional("webhook", example))
            .flatMap(value -> value.someOf(item -> item.text(SecretReference::parse)));
    var git = section.optional("git", "env:RELAY_GIT_TOKEN", SecretReference::parse);
    var gitHubApp =
        section
            .optional("github-app", "{ id: 123456, key: \"file:/etc/flake-relay/app.pem\" }")
            .flatMap(value -> value.section(GitHubAppSecret::read));
    var signing =
        section.optional("signing", "file:/etc/flake-relay/signing", SecretReference::parse);
    return section.make(() -> new Secrets(webhook.orElse(List.of()), git, gitHubApp, signing));
  }
}
