package dev.flakerelay.secret;

import dev.flakerelay.FailureText;
import dev.flakerelay.log.Waiting;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.DecryptionFailureException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Secrets in AWS Secrets Manager ("GetSecretValue" in its API reference). */
final class AwsSecrets implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** For one call, its retries included: GitHub waits 10 s for the answer to a delivery. */
  private static final Duration READ_TIME = Duration.ofSeconds(3);

  private final Supplier<SecretsManagerClient> factory;
  private @Nullable SecretsManagerClient client;

  /** Makes its client at the first use: without an {@code aws:} secret none is needed. */
  AwsSecrets(Supplier<SecretsManagerClient> factory) {
    this.factory = factory;
  }

  /** A client for the region, credentials and endpoint that the process's environment names. */
  static SecretsManagerClient client() {
    return SecretsManagerClient.builder()
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(Duration.ofSeconds(2))
                .socketTimeout(READ_TIME))
        .overrideConfiguration(options -> options.apiCallTimeout(READ_TIME))
        .build();
  }

  /** Reads a secret's current text, or one value of its JSON. */
  String read(SecretReference.SecretsManager reference) throws SecretException {
    String text = current(reference);
    return reference.key().isPresent() ? value(reference, text, reference.key().get()) : text;
  }

  private String current(SecretReference.SecretsManager reference) throws SecretException {
    try (Waiting _ = Waiting.on("AWS Secrets Manager")) {
      String text =
          client(factory)
              .getSecretValue(request -> request.secretId(reference.id()))
              .secretString();
      if (text == null) {
        throw new SecretException(reference, "it is binary: store it as text");
      }
      return text;
    } catch (ResourceNotFoundException e) {
      throw new SecretException(
          reference,
          "AWS Secrets Manager has no such secret in this account and region, or none with a value:"
              + " put one in");
    } catch (InvalidRequestException | InvalidParameterException | DecryptionFailureException e) {
      throw new SecretException(reference, "AWS Secrets Manager refused: " + e.getMessage());
    } catch (SecretsManagerException e) {
      if ((e.statusCode() == 400 && !e.isThrottlingException()) || e.statusCode() == 403) {
        throw new SecretException(
            reference,
            "AWS Secrets Manager refused: "
                + e.getMessage()
                + ": allow secretsmanager:GetSecretValue on it");
      }
      throw new SecretException(reference, "AWS Secrets Manager failed: " + e.getMessage(), e);
    } catch (SdkException e) {
      throw new SecretException(
          reference, "AWS Secrets Manager could not be asked: " + FailureText.of(e), e);
    }
  }

  private synchronized SecretsManagerClient client(Supplier<SecretsManagerClient> make) {
    if (client == null) {
      client = make.get();
    }
    return client;
  }

  private static String value(SecretReference reference, String text, String key)
      throws SecretException {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JacksonException e) {
      // Without its cause: a JSON error quotes the text.
      throw new SecretException(reference, "it is not JSON: leave out the # and what follows");
    }
    for (String part : key.split("\\.", -1)) {
      node = node.path(part);
    }
    if (!node.isString() && !node.isNumber()) {
      throw new SecretException(
          reference, "its JSON has no text under " + key + ": check the part after the #");
    }
    return node.asString();
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
    }
  }
}
