package dev.flakerelay.secret;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Reads the values that {@link SecretReference}s name, anew each time, so that a rotated secret is
 * found. Safe for use by several threads.
 */
public final class SecretReader implements AutoCloseable {
  private static final long MAX_BYTES = 64 * 1024;

  private final Map<String, String> environment;
  private final AwsSecrets aws;

  /**
   * Reads {@code env:} from the given variables.
   *
   * @param client makes the client for {@code aws:} at its first use
   */
  SecretReader(Map<String, String> environment, Supplier<SecretsManagerClient> client) {
    this.environment = Map.copyOf(environment);
    this.aws = new AwsSecrets(client);
  }

  /**
   * Reads {@code env:} from the given variables and {@code aws:} as the AWS SDK finds its region,
   * credentials and {@code AWS_ENDPOINT_URL} ("AWS SDKs and Tools Reference Guide"), which is in
   * the process's own environment.
   */
  public static SecretReader of(Map<String, String> environment) {
    return new SecretReader(environment, AwsSecrets::client);
  }

  /** Reads everything from the process's environment. */
  public static SecretReader fromEnvironment() {
    return of(System.getenv());
  }

  /**
   * Reads a secret's value.
   *
   * @throws SecretException if it is missing, empty, or can't be reached
   */
  public Secret read(SecretReference reference) throws SecretException {
    String value =
        switch (reference) {
          case SecretReference.Environment variable -> variable(variable);
          case SecretReference.File file -> text(file);
          case SecretReference.SecretsManager secret -> aws.read(secret);
        };
    try {
      return new Secret(value);
    } catch (IllegalArgumentException _) {
      throw new SecretException(reference, "it is empty: give it a value");
    }
  }

  private String variable(SecretReference.Environment reference) throws SecretException {
    String value = environment.get(reference.name());
    if (value == null) {
      throw new SecretException(
          reference, "the environment variable is not set: set it where flake-relay is started");
    }
    return value;
  }

  private static String text(SecretReference.File reference) throws SecretException {
    Path file = reference.path();
    try {
      if (Files.isDirectory(file)) {
        throw new SecretException(reference, "it is a folder: name the file in it");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new SecretException(reference, "the file is larger than 64 KiB: no secret is");
      }
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (NoSuchFileException e) {
      throw new SecretException(
          reference, "no such file" + (file.isAbsolute() ? "" : " in the working directory"));
    } catch (AccessDeniedException e) {
      throw new SecretException(reference, "this user may not read the file: change its mode");
    } catch (CharacterCodingException e) {
      throw new SecretException(reference, "the file is not UTF-8 text");
    } catch (IOException e) {
      throw new SecretException(reference, String.valueOf(e.getMessage()), e);
    }
  }

  /** Closes the connection to AWS, if one was made. */
  @Override
  public void close() {
    aws.close();
  }
}
