package dev.flakerelay.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.secret.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {
  /** GitHub Docs, "Validating webhook deliveries", the values to test an implementation with. */
  private static final byte[] BODY = "Hello, World!".getBytes(UTF_8);

  private static final String HEX =
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  @Test
  void isTheOneOfGitHubsExample() {
    assertThat(Signature.of(Samples.SECRET, BODY)).isEqualTo("sha256=" + HEX);
    assertThat(Signature.isValid("sha256=" + HEX, BODY, List.of(Samples.SECRET))).isTrue();
  }

  @Test
  void isOverBytesAndNotOverText() {
    byte[] noText = {(byte) 0xff, 0, (byte) 0xf0, (byte) 0x9f, (byte) 0x9a};
    byte[] other = {(byte) 0xfe, 0, (byte) 0xf0, (byte) 0x9f, (byte) 0x9a};
    String signature = Signature.of(Samples.SECRET, noText);
    assertThat(Signature.isValid(signature, noText, List.of(Samples.SECRET))).isTrue();
    assertThat(Signature.isValid(signature, other, List.of(Samples.SECRET))).isFalse();
  }

  @Test
  void mayBeMadeWithAnyOfTheSecrets() {
    Secret old = new Secret("old");
    List<Secret> both = List.of(Samples.SECRET, old);
    assertThat(Signature.isValid(Signature.of(old, BODY), BODY, both)).isTrue();
    assertThat(Signature.isValid(Signature.of(Samples.SECRET, BODY), BODY, both)).isTrue();
    assertThat(Signature.isValid(Signature.of(new Secret("third"), BODY), BODY, both)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256",
        "sha256=",
        "sha256=757107ea",
        HEX,
        "sha1=" + HEX,
        "sha512=" + HEX,
        "SHA256=" + HEX,
        "sha256=" + HEX + "00",
        "sha256=" + HEX + "," + "sha256=" + HEX,
        " sha256=" + HEX,
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18",
        "sha256=\ud83d\ude80571\u00077ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
      })
  void isNothingElse(String header) {
    assertThat(Signature.isValid(header, BODY, List.of(Samples.SECRET))).isFalse();
  }
}
