package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.local.sqlite.QueueSettings;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.queue.Jobs;
import dev.flakerelay.queue.Message;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of accepted jobs when {@code relay serve} ends, however it ends. */
@Tag("slow")
@Order(1)
class ServeCrashTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  private final TestRepository source;
  private final GitHttpServer git;
  private final Relayed relayed;
  private final RelayProgram program;

  ServeCrashTest(@TempDir Path folder) {
    this.source = Relayed.source(folder);
    this.git = GitHttpServer.serving(folder);
    this.relayed = Relayed.withSourceAt(folder, source, git.url("source/.git"));
    this.program = RelayProgram.in(folder.resolve("relay"));
  }

  @AfterEach
  void stop() {
    git.close();
  }

  @Test
  void whatWasAnswered202SurvivesKill9AndIsCommittedOnce() throws Exception {
    Map<Revision, Integer> answers = new LinkedHashMap<>();
    List<ServeProcess> killed = new ArrayList<>();
    for (int round = 0; round < 4; round++) {
      try (ServeProcess serve = program.serve(relayed.config())) {
        Revision released = relayed.release("1." + round);
        // The source does not answer, so that there is work in hand; in some rounds it has begun.
        int asked = git.requests().size();
        CountDownLatch letGo = new CountDownLatch(1);
        git.failNext(1, "/source", new Fault.Held(letGo));
        answers.put(released, post(serve, released).statusCode());
        if (round % 2 == 1) {
          Await.until(SOON, () -> git.requests().size() > asked);
        }
        serve.kill();
        letGo.countDown();
        killed.add(serve);
      }
    }
    assertThat(answers.values()).containsOnly(202);
    try (ServeProcess serve = program.serve(relayed.config())) {
      for (Revision revision : answers.keySet()) {
        // A job that was left by one of them may have ended in the next.
        if (killed.stream().allMatch(each -> each.outcomes(revision.hex()).isEmpty())) {
          serve.outcome(revision.hex());
        }
      }
    }
    Revision newest = source.head("main");
    assertThat(relayed.locked()).isEqualTo(newest.hex());
    assertThat(relayed.commitsFor(newest)).hasSize(1);
    assertThat(answers.keySet()).allMatch(revision -> relayed.commitsFor(revision).size() <= 1);
    assertThat(program.temporary()).isEmptyDirectory();
  }

  /** What nix had begun to write could not be deleted, as it went on writing. */
  @Test
  void nixThatOutlivesUsIsEndedAndLeavesNothing() throws Exception {
    Path begun = program.folder().resolve("begun");
    Path nix =
        TestNix.wrapper(
            program.folder().resolve("nix"),
            """
            if [ "$1" = flake ] && mkdir '%s' 2>/dev/null; then
              while :; do
                mkdir -p "$TMPDIR/more/$((i += 1))"
              done
            fi
            """
                .formatted(begun));
    RelayProgram slow = program.with("RELAY_NIX", nix.toString());
    Revision released = relayed.release("2");
    List<ProcessHandle> orphans;
    try (ServeProcess serve = slow.serve(relayed.config())) {
      assertThat(post(serve, released).statusCode()).isEqualTo(202);
      Await.until(SOON, () -> Files.exists(begun));
      orphans = serve.programs();
      serve.kill();
    }
    assertThat(orphans).anyMatch(Programs::runs);
    try (ServeProcess serve = slow.serve(relayed.config())) {
      assertThat(serve.outcome(released.hex()).path("outcome").asString()).isEqualTo("updated");
      assertThat(serve.events("retry")).isEmpty();
    }
    assertThat(orphans).noneMatch(Programs::runs);
    assertThat(program.data().resolve("nix")).isEmptyDirectory();
    assertThat(program.temporary()).isEmptyDirectory();
    assertThat(relayed.commitsFor(released)).hasSize(1);
    assertThat(relayed.locked()).isEqualTo(released.hex());
  }

  private static HttpResponse<String> post(ServeProcess serve, Revision revision)
      throws IOException {
    return serve.post("repository_dispatch", Relayed.dispatch(revision, "1"));
  }

  @Test
  void aServerThatAsksToBeLeftAloneIsLeftAlone() throws Exception {
    try (ServeProcess serve = program.serve(relayed.config(), "--retry-delay", "PT0.1S")) {
      Revision released = relayed.release("2");
      git.failNext(1, "/source", Fault.tooManyRequests(Duration.ofSeconds(3)));
      assertThat(post(serve, released).statusCode()).isEqualTo(202);
      JsonNode outcome = serve.outcome(released.hex());
      JsonNode retry = serve.events("retry").getFirst();
      assertThat(retry.path("delay_ms").asLong()).isEqualTo(3000);
      assertThat(Duration.between(time(retry), time(outcome))).isGreaterThan(Duration.ofSeconds(3));
      assertThat(outcome.path("outcome").asString()).isEqualTo("updated");
    }
  }

  private static Instant time(JsonNode line) {
    return Instant.parse(line.path("time").asString());
  }

  @Test
  void onSigtermTheJobInHandIsFinishedAndNothingNewIsAccepted() throws Exception {
    try (ServeProcess serve = program.serve(relayed.config(), "--log", "text")) {
      Revision released = relayed.release("2");
      CountDownLatch letGo = new CountDownLatch(1);
      git.failNext(1, "/source", new Fault.Held(letGo));
      int asked = git.requests().size();
      assertThat(post(serve, released).statusCode()).isEqualTo(202);
      Await.until(SOON, () -> git.requests().size() > asked);
      serve.terminate();
      Await.until(SOON, () -> refusesConnections(serve));
      assertThat(relayed.commitsFor(released)).isEmpty();
      letGo.countDown();
      assertThat(serve.exit()).isZero();
      assertThat(relayed.commitsFor(released)).hasSize(1);
      assertThat(relayed.locked()).isEqualTo(released.hex());
      theLogCanBeRead(serve, released);
    }
  }

  private static boolean refusesConnections(ServeProcess serve) {
    try {
      serve.health();
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void theLogCanBeRead(ServeProcess serve, Revision released) {
    Await.until(SOON, () -> serve.errors().stream().anyMatch(line -> line.contains("stopped")));
    assertThat(serve.errors()).allMatch(line -> line.matches("\\d\\d:\\d\\d(:\\d\\d)? [a-z].*"));
    assertThat(serve.errors())
        .anyMatch(
            line ->
                line.contains(" updated input=app target=\"file://")
                    && line.contains(" locked=" + released.abbreviated() + " commit=")
                    && line.contains(" took="));
  }

  @Test
  void aFullDiskIsAnswered503AndLosesNothing() throws Exception {
    Map<String, Integer> answers = new LinkedHashMap<>();
    git.close(); // so that nothing is finished meanwhile
    // SQLite's native library, which is unpacked first, needs 1.2 MB.
    try (ServeProcess serve = program.serveOnDiskOf(1400, relayed.config(), "--workers", "1")) {
      int status = 202;
      for (int i = 0; status == 202 && i < 500; i++) {
        Revision revision = new Revision(String.format("%040x", i + 1));
        HttpResponse<String> answer = post(serve, revision);
        status = answer.statusCode();
        answers.put(revision.hex(), status);
        if (status != 202) {
          assertThat(status).isEqualTo(503);
          assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
      }
      assertThat(answers).containsValue(503);
      assertThat(serve.health()).isEqualTo(200);
    }
    answers.values().removeIf(status -> status != 202);
    assertThat(queued()).containsAll(answers.keySet());
  }

  /** What is in the queue, also what waits for its retry. */
  private Set<String> queued() throws Exception {
    Set<String> revisions = new HashSet<>();
    try (SqliteJobQueue queue =
        SqliteJobQueue.open(
            program.data().resolve("queue"),
            QueueSettings.DEFAULT,
            () -> Instant.now().plus(Duration.ofHours(1)))) {
      List<Message> batch = queue.receive(10, Duration.ZERO);
      while (!batch.isEmpty()) {
        for (Message message : batch) {
          revisions.add(Jobs.read(message).revision().hex());
          queue.delete(message);
        }
        batch = queue.receive(10, Duration.ZERO);
      }
    }
    return revisions;
  }
}
