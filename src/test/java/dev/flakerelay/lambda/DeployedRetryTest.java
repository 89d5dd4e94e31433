package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.Relayed;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Who has dead letters tried again, on AWS as template.yaml sets it up. */
@Tag("localstack")
class DeployedRetryTest {
  @TempDir private Path folder;

  @Test
  void anAlarmHasADeadLetterTriedAgain() {
    try (DeployedRelay relay = DeployedRelay.of("alarm", folder, "app")) {
      assertThatADeadLetterIsTriedAgain(relay);
    }
  }

  /** The alarm acts when its state changes: while dead letters stay, it acts no more. */
  @Test
  void aScheduleHasADeadLetterTriedAgainThatNoAlarmTellsOf() {
    try (DeployedRelay relay = DeployedRelay.of("schedule", "rate(1 minute)", folder, "app")) {
      relay.silenceAlarm();
      assertThatADeadLetterIsTriedAgain(relay);
    }
  }

  private static void assertThatADeadLetterIsTriedAgain(DeployedRelay relay) {
    Relayed flake = relay.flakes().named("app");
    Revision released = flake.release("1.1.0");
    relay.flakes().git().failNext(2, "/app/source", Fault.status(503));

    relay.dispatch("app", released, "1.1.0");

    JsonNode failed = relay.outcome("app", released, 1);
    assertThat(failed.path("outcome").asString()).isEqualTo("failed");
    assertThat(failed.path("attempt").asInt()).isEqualTo(1);
    JsonNode updated = relay.outcome("app", released, 2);
    assertThat(updated.path("outcome").asString()).isEqualTo("updated");
    assertThat(updated.path("attempt").asInt()).isEqualTo(2);
    assertThat(flake.locked()).isEqualTo(released.hex());
    assertThat(flake.commitsFor(released)).hasSize(1);
    assertThat(relay.deadLetters().isEmpty()).isTrue();
  }
}
