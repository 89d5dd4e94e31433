package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One {@code relay serve} in a process of its own, through all of these. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class ServeTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  private final Relayed relayed;
  private final RelayProgram program;
  private final ServeProcess serve;

  ServeTest(@TempDir Path folder) {
    relayed = Relayed.create(folder);
    program = RelayProgram.in(folder.resolve("relay"));
    serve = program.serve(relayed.config());
  }

  @AfterAll
  void stop() {
    serve.close();
  }

  @Test
  void aSignedDispatchBecomesACommit() throws Exception {
    TestRepository target = relayed.target();
    Revision before = target.head("main");
    Revision released = relayed.release("1.1.0");

    HttpResponse<String> answer = dispatch(released, "v1.1.0");

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body())
        .matches(
            "\\{\"accepted\":\\[\\{\"route\":\"app\",\"target\":\"file://[^\"]+\",\"input\":\"app\","
                + "\"job\":\"[0-9a-f]{32}\"}]}");
    JsonNode outcome = serve.outcome(released.hex());
    assertThat(outcome.path("outcome").asString()).isEqualTo("updated");
    assertThat(outcome.path("route").asString()).isEqualTo("app");
    assertThat(outcome.path("target").asString()).isEqualTo(target.url() + " main");
    assertThat(outcome.path("input").asString()).isEqualTo("app");
    assertThat(outcome.path("locked").asString()).isEqualTo(released.hex());
    assertThat(outcome.path("delivery").asString()).hasSize(36);
    assertThat(outcome.path("attempt").asInt()).isEqualTo(1);
    assertThat(outcome.path("duration_ms").asInt()).isPositive();

    TestRepository.Commit commit = target.log("main").getFirst();
    assertThat(commit.parents()).containsExactly(before);
    assertThat(commit.message())
        .startsWith("chore: bump app to v1.1.0 (" + released.abbreviated() + ")\n")
        .contains("\nFlake-Input: app\n", "\nFlake-Rev: " + released + "\n")
        .contains("\nRelay-Delivery: " + outcome.path("delivery").asString());
    assertThat(relayed.locked()).isEqualTo(released.hex());
    assertThat(changedPaths(target, before, commit.id())).containsExactly("flake.lock");
    assertThat(serve.outcomes(released.hex())).hasSize(1);
  }

  private static List<String> changedPaths(TestRepository target, Revision from, Revision to) {
    return target.git("diff", "--name-only", from.hex(), to.hex()).lines().toList();
  }

  @Test
  void aRejectedDispatchCountsWhenItComesAgainAndItsCauseIsGone() throws Exception {
    relayed.source().branch("feature");
    Revision early = relayed.release("5.0.0");
    relayed.source().checkout("main");
    dispatch(early, "5.0.0");
    assertThat(serve.outcome(early.hex()).path("outcome").asString()).isEqualTo("rejected");

    relayed.source().git("merge", "--quiet", "--ff-only", "feature");
    assertThat(dispatch(early, "5.0.0").statusCode()).isEqualTo(202);

    Await.until(SOON, () -> serve.outcomes(early.hex()).size() == 2);
    assertThat(serve.outcomes(early.hex()).getLast().path("outcome").asString())
        .isEqualTo("updated");
    assertThat(relayed.locked()).isEqualTo(early.hex());
  }

  private HttpResponse<String> dispatch(Revision revision, String version) throws IOException {
    return serve.post("repository_dispatch", Relayed.dispatch(revision, version));
  }

  @Test
  void onStdoutThereIsOnlyWhereItListens() {
    assertThat(serve.out()).hasSize(1);
    assertThat(serve.out().getFirst()).matches("listening on http://127\\.0\\.0\\.1:\\d+/webhook");
  }

  @Test
  void theLogIsJsonWhereNobodyLooksOn() {
    assertThat(serve.errors()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
  }

  @Test
  void theSameDispatchTwentyTimesAtOnceMakesOneCommit() throws Exception {
    Revision released = relayed.release("2.0.0");
    List<Callable<Integer>> posts =
        IntStream.range(0, 20)
            .<Callable<Integer>>mapToObj(_ -> () -> dispatch(released, "2.0.0").statusCode())
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
      for (Future<Integer> status : threads.invokeAll(posts)) {
        assertThat(status.get()).isEqualTo(202);
      }
    }
    serve.outcome(released.hex());
    // One that were left would be worked on before this one.
    Revision last = relayed.release("2.0.1");
    dispatch(last, "2.0.1");
    serve.outcome(last.hex());
    assertThat(relayed.commitsFor(released)).hasSize(1);
    assertThat(relayed.commitsFor(last)).hasSize(1);
  }

  @Test
  void ofTwoDispatchesTheNewerIsLockedInWhateverOrderTheyCome() throws Exception {
    for (int round = 0; round < 3; round++) {
      Revision older = relayed.release("3." + round + ".0");
      Revision newer = relayed.release("3." + round + ".1");
      List<Revision> order = new ArrayList<>(List.of(older, newer));
      if (round == 1) {
        order = order.reversed();
      }
      for (Revision revision : order) {
        assertThat(dispatch(revision, "3." + round).statusCode()).isEqualTo(202);
        if (round == 2) {
          serve.outcome(revision.hex()); // one after the other
        }
      }
      serve.outcome(older.hex());
      serve.outcome(newer.hex());
      assertThat(relayed.locked()).isEqualTo(newer.hex());
    }
  }

  @Test
  void whatCannotBeDoneIsRejectedWithAReason() throws Exception {
    String locked = relayed.locked();
    relayed.source().branch("elsewhere");
    Revision elsewhere = relayed.release("9");
    relayed.source().checkout("main");
    assertThat(dispatch(elsewhere, "9").statusCode()).isEqualTo(202);
    JsonNode outcome = serve.outcome(elsewhere.hex());
    assertThat(outcome.path("outcome").asString()).isEqualTo("rejected");
    assertThat(outcome.path("level").asString()).isEqualTo("warn");
    assertThat(outcome.path("reason").asString()).contains(elsewhere.hex());
    assertThat(relayed.locked()).isEqualTo(locked);
  }

  @Test
  void garbageAndForgeriesAreRefusedAndTheServiceLivesOn() throws Exception {
    String garbage = "\u0000\u00ff{[\"".repeat(200_000);
    assertThat(serve.post("repository_dispatch", garbage).statusCode()).isEqualTo(400);
    HttpResponse<String> forged =
        serve.post("repository_dispatch", garbage, new Secret("It's not the secret at all"));
    assertThat(forged.statusCode()).isEqualTo(401);
    assertThat(forged.body()).isEqualTo("{\"error\":\"signature\"}");
    assertThat(serve.health()).isEqualTo(200);
  }

  @Test
  void anotherServeIsToldThatTheDataFolderIsInUse() {
    var second =
        program.run(
            "serve",
            "--config",
            relayed.config().toString(),
            "--port",
            "0",
            "--data",
            program.data().toString());
    assertThat(second.exit()).isEqualTo(2);
    assertThat(second.text()).isEmpty();
    assertThat(second.errors().lines()).hasSize(1);
    assertThat(second.errors())
        .contains("in use by another flake-relay", program.data().toString());
  }

  @Test
  void anotherServeIsToldThatThePortIsInUse() {
    String port = Integer.toString(serve.webhook().getPort());
    Path other = program.folder().resolve("other");
    var second =
        program.run(
            "serve",
            "--config",
            relayed.config().toString(),
            "--port",
            port,
            "--data",
            other.toString());
    assertThat(second.exit()).isEqualTo(2);
    assertThat(second.text()).isEmpty();
    assertThat(second.errors().lines()).hasSize(1);
    assertThat(second.errors()).contains("port " + port, "in use", "--port");
  }

  @Test
  void nothingIsLeftInTheTemporaryFolder() throws Exception {
    Revision released = relayed.release("4.0.0");
    dispatch(released, "4.0.0");
    serve.outcome(released.hex());
    Await.until(
        SOON,
        () -> {
          String[] left = program.temporary().toFile().list();
          return left != null && new TreeSet<>(List.of(left)).isEmpty();
        });
  }
}
