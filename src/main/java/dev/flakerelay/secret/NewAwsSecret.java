package dev.flakerelay.secret;

import dev.flakerelay.FailureText;
import dev.flakerelay.log.Waiting;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/**
 * A new secret in AWS Secrets Manager. One without a value is nobody's ("CreateSecret" and
 * "GetSecretValue" in its API reference).
 */
record NewAwsSecret(SecretReference.SecretsManager reference, SecretsManagerClient client)
    implements NewSecret {

  static NewAwsSecret at(SecretReference.SecretsManager reference, SecretsManagerClient client)
      throws SecretException {
    NewAwsSecret place = new NewAwsSecret(reference, client);
    try {
      place.take();
      return place;
    } catch (SecretException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private void take() throws SecretException {
    if (reference.key().isPresent()) {
      throw SecretException.unwritable(
          reference, "a new secret is a text of its own: leave out the # and what follows");
    }
    ask(
        () -> {
          try {
            client.getSecretValue(request -> request.secretId(reference.id()));
            throw SecretException.unwritable(
                reference, "something is there, and is not overwritten: name another secret");
          } catch (ResourceNotFoundException e) {
            create();
          }
        });
  }

  private void create() {
    try {
      client.createSecret(
          request -> request.name(reference.id()).description("Private key of a GitHub App"));
    } catch (ResourceExistsException e) {
      // Without a value, as GetSecretValue has said.
    }
  }

  @Override
  public void write(Secret secret) throws SecretException {
    ask(
        () ->
            client.putSecretValue(
                request -> request.secretId(reference.id()).secretString(secret.value())));
  }

  private void ask(Call call) throws SecretException {
    try (Waiting _ = Waiting.on("AWS Secrets Manager")) {
      call.run();
    } catch (SecretsManagerException e) {
      throw SecretException.unwritable(
          reference,
          "AWS Secrets Manager refused: "
              + e.getMessage()
              + ": allow secretsmanager:GetSecretValue, CreateSecret and PutSecretValue on it");
    } catch (SdkException e) {
      throw SecretException.unwritable(
          reference, "AWS Secrets Manager could not be asked: " + FailureText.of(e));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private interface Call {
    void run() throws SecretException;
  }
}
