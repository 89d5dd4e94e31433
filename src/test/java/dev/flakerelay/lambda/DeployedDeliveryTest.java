package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.Relayed;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** From deliveries to commits, on AWS as template.yaml sets it up. */
@Tag("localstack")
class DeployedDeliveryTest {
  @AutoClose private static DeployedRelay relay;

  @BeforeAll
  static void deploy(@TempDir Path folder) {
    relay = DeployedRelay.of("delivery", folder, "first", "second", "third", "fourth", "fifth");
  }

  @Test
  void aSignedDispatchBecomesACommitThatLocksItsRevision() {
    Relayed flake = relay.flakes().named("first");
    Revision released = flake.release("1.1.0");

    relay.dispatch("first", released, "1.1.0");

    JsonNode outcome = relay.outcome("first", released, 1);
    assertThat(outcome.path("outcome").asString()).isEqualTo("updated");
    assertThat(flake.locked()).isEqualTo(released.hex());
    assertThat(flake.commitsFor(released))
        .singleElement()
        .satisfies(
            commit -> assertThat(outcome.path("commit").asString()).isEqualTo(commit.id().hex()));
  }

  @Test
  void theReceiverIsPrimedForItsSnapshotAndAnswersAfterItWasRestored() {
    HttpResponse<String> answer =
        relay.dispatch("first", new Revision("1".repeat(40)), "1.0.0", new Secret("a stranger's"));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(relay.log("ReceiveLogs").lines()).contains("RESTORE_REPORT");
  }

  @Test
  void aReleaseThatNobodyToldOfIsFoundByReconcileFunction() {
    Revision released = relay.flakes().named("fourth").release("1.1.0");

    relay.function("ReconcileFunction").invoke("{}");

    JsonNode outcome = relay.outcome("fourth", released, 1);
    assertThat(outcome.path("outcome").asString()).isEqualTo("updated");
    assertThat(outcome.path("cause").asString()).isEqualTo("reconcile");
    assertThat(relay.flakes().named("fourth").locked()).isEqualTo(released.hex());
  }

  @Test
  void oneBadMessageAndOneThatFailsHoldUpNobodyElse() {
    Relayed good = relay.flakes().named("second");
    Relayed failing = relay.flakes().named("third");
    Revision early = good.release("1.1.0");
    Revision late = good.release("1.2.0");
    Revision unlucky = failing.release("2.0.0");
    relay.flakes().git().failNext(1, "/third/source", Fault.status(503));

    relay.mapping().pause();
    relay.dispatch("third", unlucky, "2.0.0");
    relay.dispatch("second", early, "1.1.0");
    relay.queue().send(relay.flakes().job("second", "main").group(), "not a job");
    relay.dispatch("second", late, "1.2.0");
    relay.mapping().resume();

    assertThat(relay.outcome("second", late, 1).path("outcome").asString()).isEqualTo("updated");
    assertThat(relay.outcome("second", early, 1).path("outcome").asString())
        .isEqualTo("superseded");
    assertThat(good.locked()).isEqualTo(late.hex());
    assertThat(relay.log("UpdateLogs").events("malformed"))
        .extracting(line -> line.path("body").asString())
        .isEqualTo(List.of("not a job"));

    assertThat(relay.outcome("third", unlucky, 1).path("outcome").asString()).isEqualTo("updated");
    assertThat(failing.locked()).isEqualTo(unlucky.hex());
    assertThat(relay.log("UpdateLogs").events("retry"))
        .singleElement()
        .satisfies(line -> assertThat(line.path("route").asString()).isEqualTo("third"));
    Await.until(DeployedRelay.SOON, relay.queue()::isEmpty);
    assertThat(relay.deadLetters().isEmpty()).isTrue();
  }

  /** Its message comes again after 16 minutes: here the same is sent anew, in another group. */
  @Test
  void aWorkerThatIsKilledIsFollowedByAnother() {
    Relayed flake = relay.flakes().named("fifth");
    Revision released = flake.release("1.1.0");
    relay.flakes().git().failNext(1, "/fifth/source", new Fault.Silence());

    long before = relay.flakes().requests("fifth/source");
    relay.dispatch("fifth", released, "1.1.0");
    Await.until(DeployedRelay.SOON, () -> relay.flakes().requests("fifth/source") > before);
    relay.function("UpdateFunction").kill();
    relay
        .queue()
        .send("another-group", JobJson.write(relay.flakes().job("fifth", "main", released)));

    assertThat(relay.outcome("fifth", released, 1).path("outcome").asString()).isEqualTo("updated");
    assertThat(flake.commitsFor(released)).hasSize(1);
    relay.queue().purge();
  }

  @Test
  void aRotatedSecretCountsWithoutDeployingAnew() {
    Revision released = relay.flakes().named("first").release("1.3.0");
    Secret old = relay.secret();
    Secret other = new Secret("the secret that was put in its place");
    assertThat(relay.dispatch("first", released, "1.3.0", old).statusCode()).isEqualTo(202);
    HttpResponse<String> tooEarly = relay.dispatch("first", released, "1.3.0", other);
    assertThat(tooEarly.statusCode()).isEqualTo(401);
    assertThat(tooEarly.body()).isEqualTo("{\"error\":\"signature\"}");

    relay.rotate(other);

    Await.until(
        DeployedRelay.SOON,
        () -> relay.dispatch("first", released, "1.3.0", other).statusCode() == 202);
    assertThat(relay.dispatch("first", released, "1.3.0", old).statusCode()).isEqualTo(401);
    assertThat(relay.outcome("first", released, 1).path("outcome").asString()).isEqualTo("updated");
  }
}
