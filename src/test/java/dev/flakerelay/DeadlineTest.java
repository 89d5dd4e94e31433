package dev.flakerelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void whatIsLeftIsNoMoreThanALimitOfOnesOwn() {
    assertThat(Deadline.NONE.atMost(HOUR)).isEqualTo(HOUR);
    assertThat(Deadline.in(HOUR).atMost(Duration.ofHours(2))).isLessThanOrEqualTo(HOUR);
    assertThat(Deadline.in(HOUR).isOver()).isFalse();
    assertThat(Deadline.in(Duration.ZERO).isOver()).isTrue();
    assertThat(Deadline.in(Duration.ZERO).remaining()).isEqualTo(Duration.ZERO);
  }

  @Test
  void aLoopThatTakesTheTimeItselfIsRejected() {
    Deadline.Computation endless =
        Deadline.in(Duration.ofMillis(50)).computation("could not count to infinity");

    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(
            () -> {
              while (true) {
                endless.check();
              }
            })
        .withMessageStartingWith("could not count to infinity: the 0 s that one job may take");
  }

  @Test
  void aLoopThatFoundTheTimeTakenIsTriedAgain() {
    Deadline used = Deadline.in(HOUR, HOUR);

    assertThatExceptionOfType(RetryableException.class)
        .isThrownBy(used.computation("could not begin")::check)
        .withMessage("could not begin: the 3600 s that one job may take are over");
  }

  /** Of this kind is what a stopping process does. */
  @Test
  void aLoopEndsWhenItsThreadIsInterrupted() {
    Deadline.Computation endless = Deadline.NONE.computation("could not end");
    Thread.currentThread().interrupt();
    try {
      assertThatExceptionOfType(RetryableException.class)
          .isThrownBy(endless::check)
          .withMessage("could not end: flake-relay was stopped meanwhile");
    } finally {
      Thread.interrupted();
    }
  }
}
