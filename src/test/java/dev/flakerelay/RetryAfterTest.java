package dev.flakerelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "120 | PT2M",
        "' 7 ' | PT7S",
        "0 | PT1S",
        "99999999999 | PT99999999999S",
        "Tue, 24 Nov 2026 08:01:30 GMT | PT1M30S",
        "Tue, 24 Nov 2026 07:00:00 GMT | PT1S",
      })
  void secondsAndDatesAreRead(String header, Duration wait) {
    assertThat(RetryAfter.read(header, NOW)).contains(wait);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "-1",
        "1.5",
        "100000000000",
        "2026-11-24T08:01:30Z",
        "Mon, 24 Nov 2026 08:01:30 GMT",
        "\u0661"
      })
  void anythingElseIsNoTime(String header) {
    assertThat(RetryAfter.read(header, NOW)).isEmpty();
  }
}
