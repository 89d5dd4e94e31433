package dev.flakerelay.secret;

/**
 * The place of a secret that is made later. It is taken beforehand, so that nothing that is there
 * is overwritten, and the secret, which there may be once only, is not lost for want of a place.
 */
public sealed interface NewSecret extends AutoCloseable permits NewSecretFile, NewAwsSecret {
  /**
   * Takes a place.
   *
   * @throws SecretException if something is there, or it can't be written
   */
  static NewSecret at(SecretReference reference) throws SecretException {
    return switch (reference) {
      case SecretReference.Environment variable ->
          throw SecretException.unwritable(
              variable, "an environment variable ends with its process: name a file");
      case SecretReference.File file -> NewSecretFile.at(file);
      case SecretReference.SecretsManager secret -> NewAwsSecret.at(secret, AwsSecrets.client());
    };
  }

  /** Where it is, as relay.yaml names it. */
  SecretReference reference();

  /**
   * Puts the secret there.
   *
   * @throws SecretException if it can't be written
   */
  void write(Secret secret) throws SecretException;

  /** Gives the place back if nothing was put there. */
  @Override
  void close();
}
