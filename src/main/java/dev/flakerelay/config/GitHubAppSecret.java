package dev.flakerelay.config;

import dev.flakerelay.config.name.HostName;
import dev.flakerelay.config.yaml.Section;
import dev.flakerelay.secret.SecretReference;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A GitHub App.
 *
 * @param id its id or its client id, as its page of settings shows them
 * @param key its private key
 * @param host where it is registered
 */
public record GitHubAppSecret(String id, SecretReference key, String host) {
  private static final Pattern ID = Pattern.compile("[0-9]{1,20}|Iv[A-Za-z0-9.]{6,60}");
  private static final String USUAL_HOST = "github.com";

  /** Reads {@code secrets.github-app}. */
  public static Optional<GitHubAppSecret> read(Section section) {
    var id = section.required("id", "123456", GitHubAppSecret::id);
    var key = section.required("key", "file:/etc/flake-relay/app.pem", SecretReference::parse);
    var host = section.optional("host", USUAL_HOST, HostName::parse);
    return section.make(
        () -> new GitHubAppSecret(id.orElseThrow(), key.orElseThrow(), host.orElse(USUAL_HOST)));
  }

  private static String id(String text) {
    if (!ID.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not an App's id: write the number or the client id that the App's settings show");
    }
    return text;
  }
}
