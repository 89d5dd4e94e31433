package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.LambdaFunction;
import dev.flakerelay.support.Relayed;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What RetryFunction does with dead letters, on AWS as template.yaml sets it up. */
@Tag("localstack")
class DeployedRedriveTest {
  private static final String DELAYS = "RELAY_RETRY_DELAYS";

  @AutoClose private static DeployedRelay relay;

  @BeforeAll
  static void deploy(@TempDir Path folder) {
    relay = DeployedRelay.of("redrive", folder, "first", "second", "third", "fourth");
  }

  @Test
  void twoRunsAtOnceDoNothingTwice() throws Exception {
    LambdaFunction retry = relay.retry();
    retry.setVariable(DELAYS, "PT1H");
    Map<String, Revision> dead = new LinkedHashMap<>();
    for (String flake : List.of("first", "second", "third")) {
      dead.put(flake, deadLetter(flake, "1.1.0"));
    }

    retry.setVariable(DELAYS, "PT0S");
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      for (Future<?> run :
          List.of(two.submit(() -> retry.invoke("{}")), two.submit(() -> retry.invoke("{}")))) {
        run.get();
      }
    }

    Await.until(DeployedRelay.SOON, relay.queue()::isEmpty);
    assertThat(relay.deadLetters().isEmpty()).isTrue();
    dead.forEach(
        (flake, revision) -> {
          assertThat(relay.outcomes(flake, revision))
              .extracting(outcome -> outcome.path("outcome").asString())
              .isEqualTo(List.of("failed", "updated"));
          assertThat(relay.flakes().named(flake).commitsFor(revision)).hasSize(1);
        });
  }

  @Test
  void whatIsNoLongerTheNewestEndsSuperseded() {
    Relayed flake = relay.flakes().named("fourth");
    LambdaFunction retry = relay.retry();
    retry.setVariable(DELAYS, "PT1H");
    Revision older = deadLetter("fourth", "1.1.0");
    Revision newer = flake.release("1.2.0");
    relay.dispatch("fourth", newer, "1.2.0");
    assertThat(relay.outcome("fourth", newer, 1).path("outcome").asString()).isEqualTo("updated");

    retry.setVariable(DELAYS, "PT0S");
    retry.invoke("{}");

    assertThat(relay.outcome("fourth", older, 2).path("outcome").asString())
        .isEqualTo("superseded");
    assertThat(flake.locked()).isEqualTo(newer.hex());
    assertThat(flake.commitsFor(older)).isEmpty();
  }

  /** A release whose job has failed for good. */
  private static Revision deadLetter(String flake, String version) {
    Revision released = relay.flakes().named(flake).release(version);
    relay.flakes().git().failNext(2, "/" + flake + "/source", Fault.status(503));
    relay.dispatch(flake, released, version);
    assertThat(relay.outcome(flake, released, 1).path("outcome").asString()).isEqualTo("failed");
    Await.until(DeployedRelay.SOON, relay.queue()::isEmpty);
    return released;
  }
}
