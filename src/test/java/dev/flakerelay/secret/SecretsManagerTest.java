package dev.flakerelay.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.support.AwsCommand;
import dev.flakerelay.support.SdkSettings;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Secrets in Secrets Manager, as a function finds them there. */
@Tag("localstack")
class SecretsManagerTest {
  private final AwsCommand aws = AwsCommand.onLocalStack();

  private String create(String name, String value) {
    return aws.run("secretsmanager create-secret", Map.of("--name", name, "--secret-string", value))
        .path("ARN")
        .asString();
  }

  private String read(String reference) throws SecretException {
    try (var _ = new SdkSettings(aws.endpoint());
        SecretReader reader = SecretReader.of(Map.of())) {
      return reader.read(SecretReference.parse(reference)).value();
    }
  }

  @Test
  void aSecretIsFoundByItsNameAndByItsArn() throws SecretException {
    String arn = create("relay/plain", "plain text");
    assertThat(read("aws:relay/plain")).isEqualTo("plain text");
    assertThat(read("aws:" + arn)).isEqualTo("plain text");
  }

  @Test
  void oneValueOfASecretThatIsJsonIsFoundByItsPath() throws SecretException {
    create("relay/json", "{\"current\": \"one\", \"git\": {\"token\": \"two\"}}");
    assertThat(read("aws:relay/json#current")).isEqualTo("one");
    assertThat(read("aws:relay/json#git.token")).isEqualTo("two");
    assertThatThrownBy(() -> read("aws:relay/json#previous"))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("its JSON has no text under previous");
  }

  @Test
  void aNewValueIsReadAtOnce() throws SecretException {
    create("relay/rotated", "old");
    assertThat(read("aws:relay/rotated")).isEqualTo("old");
    aws.run(
        "secretsmanager put-secret-value",
        Map.of("--secret-id", "relay/rotated", "--secret-string", "new"));
    assertThat(read("aws:relay/rotated")).isEqualTo("new");
  }

  @Test
  void aSecretThatIsMissingOrHasNoValueOrIsDeletedSaysSoAndIsNotTriedAgain() {
    assertThatThrownBy(() -> read("aws:relay/missing"))
        .isInstanceOfSatisfying(SecretException.class, e -> assertThat(e.isRetryable()).isFalse())
        .hasMessageContaining("no such secret in this account and region");
    aws.run("secretsmanager create-secret", Map.of("--name", "relay/no-value"));
    assertThatThrownBy(() -> read("aws:relay/no-value"))
        .isInstanceOfSatisfying(SecretException.class, e -> assertThat(e.isRetryable()).isFalse())
        .hasMessageContaining("none with a value");
    create("relay/deleted", "gone");
    aws.run("secretsmanager delete-secret", Map.of("--secret-id", "relay/deleted"));
    assertThatThrownBy(() -> read("aws:relay/deleted"))
        .isInstanceOfSatisfying(SecretException.class, e -> assertThat(e.isRetryable()).isFalse())
        .hasMessageContaining("deletion");
  }
}
