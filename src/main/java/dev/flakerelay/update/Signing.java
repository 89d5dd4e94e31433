package dev.flakerelay.update;

import dev.flakerelay.RetryableException;
import dev.flakerelay.git.sign.SigningKey;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretValues;
import java.util.List;

/**
 * The key that signs commits.
 *
 * @param value an OpenSSH private key, or none
 */
public record Signing(SecretValues value) {
  /** For those who sign nothing. */
  public static final Signing NONE = new Signing(SecretValues.fixed(List.of()));

  /** The key as it is now; what is wrong with it can be mended, and no job is the worse for it. */
  public SigningKey key() throws RetryableException {
    try {
      return read();
    } catch (SecretException | IllegalArgumentException e) {
      throw new RetryableException("could not sign the commit: " + e.getMessage(), e);
    }
  }

  /**
   * Sees to it that the key, if there is one, can sign.
   *
   * @throws SecretException if it can't be read
   * @throws IllegalArgumentException if it is no key
   */
  public void require() throws SecretException {
    if (!value.isEmpty()) {
      var _ = read();
    }
  }

  private SigningKey read() throws SecretException {
    String text = value.current().getFirst().value();
    try {
      return SigningKey.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("secrets.signing: " + e.getMessage());
    }
  }
}
