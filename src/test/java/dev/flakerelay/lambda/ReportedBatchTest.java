package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportedBatchTest {
  @ParameterizedTest
  @CsvSource({"900, 20", "26, 20", "25, 20", "24, 19", "6, 1", "5, 0", "0, 0", "-3, 0"})
  void reportsLeaveTimeToAnswer(long left, long patience) {
    Instant now = Instant.parse("2026-01-31T12:00:00Z");
    assertThat(ReportedBatch.patience(now, now.plusSeconds(left)))
        .isEqualTo(Duration.ofSeconds(patience));
    assertThat(ReportedBatch.patience(now, Instant.MAX)).isEqualTo(Duration.ofSeconds(20));
  }
}
