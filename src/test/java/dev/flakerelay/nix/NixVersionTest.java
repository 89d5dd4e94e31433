package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NixVersionTest {
  @ParameterizedTest
  @CsvSource({
    "2.19, true",
    "2.19.7, true",
    "2.26.3, true",
    "2.26pre20260101_abcdef, true",
    "2.27.0, false",
    "2.34.8, false",
    "3.0, false"
  })
  void onlyNixThatWasSeenToKeepInputsOfInputsIsTrustedWithThat(String version, boolean keeps) {
    assertThat(new NixVersion(version).keepsInputsOfInputs()).isEqualTo(keeps);
  }
}
