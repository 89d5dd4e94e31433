package dev.flakerelay.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;

class SecretValuesTest {
  private final FlakyStore store = new FlakyStore();
  private final SecretReader reader = new SecretReader(Map.of(), () -> store);
  private Instant now = Instant.EPOCH;
  private Path file;

  @BeforeEach
  void write(@TempDir Path folder) throws Exception {
    file = Files.writeString(folder.resolve("secret"), "first");
  }

  private SecretValues values(String reference) {
    return SecretValues.of(reader, List.of(SecretReference.parse(reference)), () -> now);
  }

  @Test
  void aValueIsReadAgainAfterFiveMinutes() throws Exception {
    SecretValues values = values("file:" + file);
    assertThat(values.current()).containsExactly(new Secret("first"));
    Files.writeString(file, "second");
    now = now.plus(Duration.ofMinutes(5)).minusMillis(1);
    assertThat(values.current()).containsExactly(new Secret("first"));
    now = now.plusMillis(1);
    assertThat(values.current()).containsExactly(new Secret("second"));
  }

  @Test
  void aValueThatDidNotFitIsReadAgainAfterTenSeconds() throws Exception {
    SecretValues values = values("file:" + file);
    assertThat(values.current()).containsExactly(new Secret("first"));
    Files.writeString(file, "second");
    assertThat(values.refreshed()).containsExactly(new Secret("first"));
    now = now.plusSeconds(10);
    assertThat(values.refreshed()).containsExactly(new Secret("second"));
    assertThat(values.current()).containsExactly(new Secret("second"));
  }

  /** Machines start with a wrong time, and are told the right one. */
  @Test
  void aClockThatIsPutBackKeepsNoValueForLonger() throws Exception {
    SecretValues values = values("file:" + file);
    assertThat(values.current()).containsExactly(new Secret("first"));
    Files.writeString(file, "second");
    now = now.minus(Duration.ofDays(1));
    assertThat(values.current()).containsExactly(new Secret("second"));
  }

  @Test
  void whileTheStoreIsOutOfReachTheLastValueCounts() throws Exception {
    SecretValues values = values("aws:relay");
    assertThat(values.current()).containsExactly(new Secret("value 1"));
    store.reachable = false;
    now = now.plus(Duration.ofHours(1));
    assertThat(values.current()).containsExactly(new Secret("value 1"));
    store.reachable = true;
    now = now.plus(Duration.ofHours(1));
    assertThat(values.current()).containsExactly(new Secret("value 2"));
  }

  @Test
  void aStoreThatWasNeverReachedSaysSo() {
    store.reachable = false;
    assertThatThrownBy(() -> values("aws:relay").current()).hasMessageContaining("cut off");
  }

  @Test
  void aSecretThatWasTakenAwayCountsNoMore() throws Exception {
    SecretValues values = values("file:" + file);
    assertThat(values.current()).hasSize(1);
    Files.delete(file);
    now = now.plusSeconds(10);
    assertThatThrownBy(values::refreshed).hasMessageContaining("no such file");
  }

  /** The steps of docs/deploy-aws.md; while both ends change, either value must be accepted. */
  @ParameterizedTest
  @CsvSource({
    "'{\"current\": \"OLD\", \"next\": \"NEW\"}', current, OLD",
    "'{\"current\": \"OLD\", \"next\": \"NEW\"}', current next, OLD NEW",
    "'{\"current\": \"NEW\", \"next\": \"NEW\"}', current next, NEW NEW",
    "'{\"current\": \"NEW\", \"next\": \"NEW\"}', current, NEW",
  })
  void aSecretIsRotatedInStepsOfWhichNoneRefusesWhatIsStillSigned(
      String stored, String keys, String accepted) throws Exception {
    store.text = Optional.of(stored);
    List<SecretReference> references =
        Stream.of(keys.split(" ")).map(key -> SecretReference.parse("aws:relay#" + key)).toList();
    assertThat(SecretValues.of(reader, references, () -> now).current())
        .extracting(Secret::value)
        .containsExactly(accepted.split(" "));
    assertThat(Files.readString(Path.of("docs/deploy-aws.md"))).contains(stored);
  }

  /** Secrets Manager with one secret, whose value counts how often it was asked for. */
  private static final class FlakyStore implements SecretsManagerClient {
    private boolean reachable = true;
    private Optional<String> text = Optional.empty();
    private int reads;

    @Override
    public GetSecretValueResponse getSecretValue(GetSecretValueRequest request) {
      if (!reachable) {
        throw SdkClientException.create("cut off");
      }
      reads++;
      return GetSecretValueResponse.builder().secretString(text.orElse("value " + reads)).build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }
}
