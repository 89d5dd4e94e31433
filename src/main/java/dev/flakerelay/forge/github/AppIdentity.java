package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretValues;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Who a GitHub App is.
 *
 * @param host where it is registered, such as {@code github.com}
 * @param id its id or client id
 * @param key its private key, one value
 * @param clock what time it is
 */
public record AppIdentity(String host, String id, SecretValues key, InstantSource clock)
    implements Access {
  /** The key in relay.yaml with all of it. */
  static final String SETTING = "secrets.github-app";

  /**
   * Sees to it that the key is there and one that can sign.
   *
   * @throws SecretException if it can't be read
   * @throws IllegalArgumentException if it is no key
   */
  void require() throws SecretException {
    var _ = parsed();
  }

  /** The repository behind a Git URL, if it is on the App's host. */
  Optional<GitHubRepository> repository(String url) {
    String own = "https://" + host + "/";
    return url.regionMatches(true, 0, own, 0, own.length())
        ? GitHubRepository.of(url)
        : Optional.empty();
  }

  private AppKey parsed() throws SecretException {
    Secret secret = key.current().getFirst();
    try {
      return AppKey.parse(secret.value());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(SETTING + ".key: " + e.getMessage());
    }
  }

  /** A JSON Web Token; the key can be mended, and no job is the worse for that. */
  @Override
  public Token token() throws JobException {
    try {
      return parsed().jwt(id, clock.instant());
    } catch (SecretException | IllegalArgumentException e) {
      throw new RetryableException("could not sign in as the GitHub App: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<Token> replacing(Token refused) {
    return Optional.empty();
  }

  @Override
  public String setting() {
    return SETTING;
  }
}
