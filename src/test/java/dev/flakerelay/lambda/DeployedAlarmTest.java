package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.Relayed;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** From a dead letter to a commit, on AWS as template.yaml sets it up. */
@Tag("localstack")
class DeployedAlarmTest {
  @AutoClose private static DeployedRelay relay;

  @BeforeAll
  static void deploy(@TempDir Path folder) {
    relay = DeployedRelay.of("alarm", folder, "app");
  }

  @Test
  void anAlarmHasADeadLetterTriedAgain() {
    relay.retry().setVariable("RELAY_RETRY_DELAYS", "PT0S");
    Relayed flake = relay.flakes().named("app");
    Revision released = flake.release("1.1.0");
    relay.flakes().git().failNext(2, "/app/source", Fault.status(503));

    relay.dispatch("app", released, "1.1.0");

    JsonNode failed = relay.outcome("app", released, 1);
    assertThat(failed.path("outcome").asString()).isEqualTo("failed");
    assertThat(failed.path("attempt").asInt()).isEqualTo(1);

    // Nobody invokes RetryFunction here: the schedule comes once a day, the alarm once a minute.
    JsonNode updated = relay.outcome("app", released, 2);
    assertThat(updated.path("outcome").asString()).isEqualTo("updated");
    assertThat(updated.path("attempt").asInt()).isEqualTo(2);
    assertThat(flake.locked()).isEqualTo(released.hex());
    assertThat(relay.log("RetryLogs").events("redrive"))
        .singleElement()
        .satisfies(line -> assertThat(line.path("fate").asString()).isEqualTo("sent"));
    assertThat(relay.deadLetters().isEmpty()).isTrue();
  }
}
