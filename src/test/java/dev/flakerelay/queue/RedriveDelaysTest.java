package dev.flakerelay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedriveDelaysTest {
  @Test
  void aListOfDurationsIsRead() {
    assertThat(RedriveDelays.parse("PT0S")).containsExactly(Duration.ZERO);
    assertThat(RedriveDelays.parse("PT5M, PT15M,PT1H ,P1D"))
        .containsExactly(
            Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofDays(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "5", "5m", "PT5M,", ",PT5M", "PT5M PT15M", "PT5M;PT15M", "PT-1S"})
  void whatIsNoListOfDelaysSaysSo(String text) {
    assertThatThrownBy(() -> RedriveDelays.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delay")
        .hasMessageEndingWith(text);
  }
}
