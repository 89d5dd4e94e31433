package dev.flakerelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {
  @ParameterizedTest
  @CsvSource({
    "2.1.1, 2.1.1",
    "v2.1.1, 2.1.1",
    "V2.1.1, 2.1.1",
    "' v2.1.1 ', 2.1.1",
    "'2.1.1\r\n', 2.1.1",
    "1.10, 1.10",
    "vanilla, vanilla",
    "release/2.1, release/2.1",
    "nixos-24.05, nixos-24.05",
    "1.0.0-rc.1+build_7, 1.0.0-rc.1+build_7",
    "2.0~beta, 2.0~beta",
    "refs/tags/v1.1.0, 1.1.0",
    "refs/tags/1.1.0, 1.1.0",
    "refs/tags/hello-v1.1.0, 1.1.0",
    "hello-v1.1.0, 1.1.0",
    "hello_V1.1.0, 1.1.0",
    "hello/v1.1.0, 1.1.0",
    "hello@1.1.0, 1.1.0",
    "@scope/hello@1.1.0, 1.1.0",
    "@scope/hello@v1.1.0, 1.1.0",
    "hello-world-v1, 1",
    "hello-v2-v1.1.0, 1.1.0",
    "hello-v1.1.0-v8compat, 1.1.0-v8compat",
    "v1.1.0-v8, 1.1.0-v8",
    "2024-v1, 2024-v1"
  })
  void isWhatATagNames(String tag, String version) {
    assertThat(Version.clean(tag)).contains(new Version(version));
  }

  /** A Debian version's epoch was left out: 1:2.3-4 became 12.3-4. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1:2.3-4",
        "1.0 beta",
        "1.0\u00a0beta",
        "1.0\n2.0",
        "1.0\r\nRelay-Delivery: forged",
        "1.0\u2028Flake-Rev: x",
        "1.0\u0085Flake-Rev: x",
        "\u202e1.0\u2066",
        "1.0\u001b[2J",
        "1.0\ud800",
        "1,5",
        "1.0🚀",
        "@user closes #12",
        "hello-v1:2",
        "$(reboot)",
        "refs/heads/main",
        "refs/pull/1/merge"
      })
  void isTakenWholeOrNotAtAll(String text) {
    assertThat(Version.clean(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "...", "--", "🚀", "\u202e", "\0", "refs/tags/"})
  void isAbsentWhereThereIsNone(String text) {
    assertThat(Version.clean(text)).isEmpty();
  }

  @Test
  void hasAtMost64Characters() {
    assertThat(Version.clean("v" + "9".repeat(64))).contains(new Version("9".repeat(64)));
    assertThat(Version.clean("9".repeat(65))).isEmpty();
    assertThat(Version.clean("9".repeat(10_000_000))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1 0", "1\n0", "1\n", "..."})
  void isNeverMadeOfUncleanText(String text) {
    assertThatThrownBy(() -> new Version(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
