package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.LambdaFunction;
import dev.flakerelay.support.Relayed;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What RetryFunction does with dead letters, on AWS as template.yaml sets it up. */
@Tag("localstack")
class DeployedRedriveTest {
  private static final String DELAYS = "RELAY_REDRIVE_DELAYS";

  @AutoClose private static DeployedRelay relay;

  @BeforeAll
  static void deploy(@TempDir Path folder) {
    relay = DeployedRelay.of("redrive", folder, "first", "second");
  }

  @Test
  void twoRunsAtOnceDoNothingTwice() throws Exception {
    relay.function("RetryFunction").setVariable(DELAYS, "PT0S");
    // Both are started now, so that they will meet.
    twoRunsAtOnce();
    Revision released = deadLetter("first", "1.1.0");
    // More than one run receives at a time. No route is for them, so that they end at once.
    List<Job> others =
        IntStream.range(0, 24).mapToObj(n -> relay.flakes().job("first", "branch-" + n)).toList();
    relay.deadLetters().send(others);

    twoRunsAtOnce();

    Await.until(DeployedRelay.SOON, relay.queue()::isEmpty);
    assertThat(relay.deadLetters().isEmpty()).isTrue();
    assertThat(relay.outcomes("first", released))
        .extracting(outcome -> outcome.path("outcome").asString())
        .isEqualTo(List.of("failed", "updated"));
    assertThat(relay.flakes().named("first").commitsFor(released)).hasSize(1);
    assertThat(relay.outcomes("first", others.getFirst().revision()))
        .extracting(outcome -> outcome.path("target").asString())
        .containsExactlyInAnyOrderElementsOf(others.stream().map(Job::target).toList());
  }

  private static void twoRunsAtOnce() throws Exception {
    LambdaFunction retry = relay.function("RetryFunction");
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      for (Future<?> run :
          List.of(two.submit(() -> retry.invoke("{}")), two.submit(() -> retry.invoke("{}")))) {
        run.get();
      }
    }
  }

  @Test
  void whatIsNoLongerTheNewestEndsSuperseded() {
    Relayed flake = relay.flakes().named("second");
    LambdaFunction retry = relay.function("RetryFunction");
    retry.setVariable(DELAYS, "PT1H");
    Revision older = deadLetter("second", "1.1.0");
    Revision newer = flake.release("1.2.0");
    relay.dispatch("second", newer, "1.2.0");
    assertThat(relay.outcome("second", newer, 1).path("outcome").asString()).isEqualTo("updated");

    retry.setVariable(DELAYS, "PT0S");
    retry.invoke("{}");

    assertThat(relay.outcome("second", older, 2).path("outcome").asString())
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
