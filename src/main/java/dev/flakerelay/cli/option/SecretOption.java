package dev.flakerelay.cli.option;

import dev.flakerelay.Token;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretReference;

/** An option that says where a secret is found. */
public final class SecretOption {
  private SecretOption() {}

  /**
   * The secret's value.
   *
   * @param name the option's
   * @param reference what was given, which is not repeated: it might be the secret itself
   */
  public static Secret read(String name, String reference) throws SetupException, SecretException {
    try (SecretReader reader = SecretReader.fromEnvironment()) {
      return reader.read(SecretReference.parse(reference));
    } catch (IllegalArgumentException e) {
      throw new SetupException(name + ": " + e.getMessage(), e);
    }
  }

  /** The same of a token. */
  public static Token readToken(String name, String reference)
      throws SetupException, SecretException {
    Secret secret = read(name, reference);
    try {
      return new Token(secret.value());
    } catch (IllegalArgumentException e) {
      throw new SetupException(name + ": " + e.getMessage(), e);
    }
  }
}
