package dev.flakerelay.secret;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    Matcher matcher = Forms.ANY.matcher(text);
    if (matcher.matches()) {
      if (matcher.group("env") != null) {
        return new Environment(matcher.group("env"));
      }
      if (matcher.group("file") != null) {
        return new File(Path.of(matcher.group("file")));
      }
      return new SecretsManager(matcher.group("id"), Optional.ofNullable(matcher.group("key")));
    }
    throw new IllegalArgumentException(
        "a secret is named, not written here: env:NAME, file:PATH or aws:SECRET_ID");
  }

  /** What the references look like. */
  final class Forms {
    private static final Pattern ANY =
        Pattern.compile(
            "env:(?<env>[A-Za-z_][A-Za-z0-9_]*)"
                + "|file:(?<file>[^\\p{Cntrl}]*[^\\p{Cntrl}\\s][^\\p{Cntrl}]*)"
                + "|aws:(?<id>[\\w/+=.@:!-]+)(#(?<key>[^.\\p{Cntrl}]+(\\.[^.\\p{Cntrl}]+)*))?");

    private Forms() {}
  }
}
