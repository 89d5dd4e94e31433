package dev.flakerelay.config;

import java.nio.file.Path;
import java.util.Optional;

/** Where a secret is found; its value is read by {@link SecretReader}. */
public sealed interface SecretReference {

  /**
   * {@code env:NAME}.
   *
   * @param name the variable's name
   */
  record Environment(String name) implements SecretReference {
    @Override
    public String toString() {
      return "env:" + name;
    }
  }

  /**
   * {@code file:PATH}; the value is the file's text without surrounding white space.
   *
   * @param path absolute, or relative to the working directory
   */
  record File(Path path) implements SecretReference {
    @Override
    public String toString() {
      return "file:" + path;
    }
  }

  /**
   * {@code aws:SECRET_ID} or {@code aws:SECRET_ID#json.key}, in AWS Secrets Manager.
   *
   * @param id the secret's name or ARN
   * @param key the path into a secret that is a JSON object, parts joined by dots
   */
  record SecretsManager(String id, Optional<String> key) implements SecretReference {
    @Override
    public String toString() {
      return "aws:" + id + key.map(path -> "#" + path).orElse("");
    }
  }

  /**
   * Reads {@code env:NAME}, {@code file:PATH}, {@code aws:SECRET_ID} or {@code
   * aws:SECRET_ID#json.key}.
   *
   * @throws IllegalArgumentException if the text has another form; the text itself is not repeated,
   *     it might be a secret
   */
  static SecretReference parse(String text) {
    int colon = text.indexOf(':');
    String rest = text.substring(colon + 1);
    if (colon > 0 && !rest.isBlank()) {
      switch (text.substring(0, colon)) {
        case "env" -> {
          return new Environment(rest);
        }
        case "file" -> {
          return new File(Path.of(rest));
        }
        case "aws" -> {
          int hash = rest.indexOf('#');
          return hash < 0
              ? new SecretsManager(rest, Optional.empty())
              : new SecretsManager(rest.substring(0, hash), Optional.of(rest.substring(hash + 1)));
        }
        default -> {}
      }
    }
    throw new IllegalArgumentException(
        "a secret is named, not written here: env:NAME, file:PATH or aws:SECRET_ID");
  }
}
