package dev.flakerelay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.flakerelay.Version;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagPatternTest {
  @ParameterizedTest
  @CsvSource({
    "hello-v(.+), hello-v1.1.0, 1.1.0",
    "hello-v(.+), refs/tags/hello-v1.1.0, 1.1.0",
    "'release_([0-9_]+)', release_1_10, 1_10",
    "(?:hello|hi)/(.+), hi/2024.1, 2024.1",
    "'jdk-(\\d+)\\+\\d+', jdk-21+35, 21",
    "(.+), v1.0, v1.0"
  })
  void theGroupIsTheVersion(String pattern, String tag, String version) {
    assertThat(new TagPattern(pattern).version(tag)).contains(new Version(version));
  }

  @ParameterizedTest
  @CsvSource({
    "hello-v(.+), other-v1.1.0",
    "hello-v(.+), v1.1.0",
    "hello-v(.+), xhello-v1.1.0",
    "hello-v([0-9.]+), hello-v1.1.0-rc1",
    "hello-v(.+), hello-v1:2",
    "hello-v(.*), hello-v",
    "(?:a|hello-v(.+)), a"
  })
  void aTagOfAnotherFormHasNone(String pattern, String tag) {
    assertThat(new TagPattern(pattern).version(tag)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'hello-v(', 'not a regular expression: Unclosed group at character 9'",
    "'[a-', 'not a regular expression: '",
    "'hello-v.+', 'has 0 groups: write one (…) around the version, as in hello-v(.+)'",
    "'(a|b)-(.+)', 'has 2 groups: write one (…) around the version'",
    "'', 'has 0 groups'"
  })
  void anExpressionThatCanNotWorkIsRefused(String pattern, String message) {
    assertThatThrownBy(() -> new TagPattern(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  /** Each takes longer than the world has been there where nothing bounds it. */
  @ParameterizedTest
  @ValueSource(strings = {"((?:a+)+)b", "((?:a|aa)+)b", "((?:.*a){20})b", "(?:a?){200}(a{200})b"})
  void noTagKeepsItBusy(String pattern) {
    String tag = "a".repeat(Version.LONGEST_TAG);
    assertTimeoutPreemptively(
        Duration.ofSeconds(30), () -> assertThat(new TagPattern(pattern).version(tag)).isEmpty());
  }
}
