package dev.flakerelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
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
    "vanilla, vanilla",
    "release/2.1, release/2.1",
    "1.0.0-rc.1+build_7, 1.0.0-rc.1+build_7",
    "2.0~beta, 2.0~beta",
    "@user closes #12, usercloses12"
  })
  void isWhatIsLeftOfATag(String tag, String version) {
    assertThat(Version.clean(tag)).contains(new Version(version));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "...", "--", "🚀", "\u202e", "\0"})
  void isAbsentWhereNothingIsLeft(String text) {
    assertThat(Version.clean(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"$(reboot)\n\nFlake-Rev: 0000000\"",
        "1.0\r\nRelay-Delivery: forged",
        "1.0\u2028Flake-Rev: x",
        "1.0\u0085Flake-Rev: x",
        "\u202e1.0\u2066",
        "1.0\u001b[2J",
        "1.0\ud800"
      })
  void canForgeNoLine(String hostile) {
    assertThat(Version.clean(hostile).orElseThrow().text())
        .matches(Pattern.compile("[A-Za-z0-9._+~/-]+"))
        .doesNotContain(":", " ");
  }

  @Test
  void isCutAt64Characters() {
    assertThat(Version.clean("9".repeat(10_000_000)).orElseThrow().text()).hasSize(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1 0", "1\n0", "..."})
  void isNeverMadeOfUncleanText(String text) {
    assertThatThrownBy(() -> new Version(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
