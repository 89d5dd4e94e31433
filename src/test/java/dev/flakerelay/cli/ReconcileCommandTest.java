package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Releases that nobody dispatched. */
@Tag("slow")
class ReconcileCommandTest {
  private Relayed relayed;
  private RelayProgram program;

  @BeforeEach
  void release(@TempDir Path folder) {
    relayed = Relayed.create(folder);
    program = RelayProgram.in(folder.resolve("relay"));
  }

  private Execution reconcile(String... more) {
    String[] arguments = new String[3 + more.length];
    System.arraycopy(more, 0, arguments, 3, more.length);
    arguments[0] = "reconcile";
    arguments[1] = "--config";
    arguments[2] = relayed.config().toString();
    return program.run(arguments);
  }

  private void change(String from, String to) throws IOException {
    String text = Files.readString(relayed.config());
    assertThat(text).contains(from);
    Files.writeString(relayed.config(), text.replace(from, to));
  }

  @Test
  void aDryRunSaysWhatLagsAndChangesNothing() {
    Revision before = relayed.target().head("main");
    Revision released = relayed.release("1.1.0");
    Execution run = reconcile("--dry-run");
    assertThat(run.exit()).as(run.errors()).isZero();
    assertThat(run.text())
        .startsWith("lags    app: " + relayed.target().url() + " main app is locked at ")
        .contains(" is at " + released.abbreviated() + "\n");
    assertThat(run.text().lines()).hasSize(1);
    assertThat(relayed.target().head("main")).isEqualTo(before);
  }

  @Test
  void whatLagsIsLockedAtTheHeadOfItsSource() {
    relayed.release("1.1.0");
    Revision released = relayed.release("1.2.0");
    Execution run = reconcile();
    assertThat(run.exit()).as(run.text() + run.errors()).isZero();
    assertThat(run.text()).contains("lags    app: ", "updated: app of ");
    assertThat(relayed.locked()).isEqualTo(released.hex());
    TestRepository.Commit commit = relayed.target().log("main").getFirst();
    assertThat(commit.message())
        .startsWith("chore: bump app (" + released.abbreviated() + ")\n")
        .doesNotContain("Relay-Delivery");
    Execution verify = program.run("verify", relayed.target().directory().toString());
    assertThat(verify.exit()).as(verify.text()).isZero();

    Execution again = reconcile();
    assertThat(again.exit()).isZero();
    assertThat(again.text()).startsWith("ok      app: ").doesNotContain("unchanged");
    assertThat(relayed.commitsFor(released)).hasSize(1);
  }

  @Test
  void aRouteWhoseLockLagsOnPurposeIsLeftAlone() throws IOException {
    change("    targets:", "    reconcile: false\n    targets:");
    Revision before = relayed.target().head("main");
    relayed.release("1.1.0");
    Execution run = reconcile();
    assertThat(run.exit()).isZero();
    assertThat(run.text())
        .isEqualTo("off     app: not reconciled; `reconcile: true` in the route changes that\n");
    assertThat(relayed.target().head("main")).isEqualTo(before);
  }

  @Test
  void whatCannotBeLookedAtDoesNotStopTheRest() throws IOException {
    String broken = "{ repository: \"file:///nosuchrepository\", branch: main, input: app }";
    change("    targets:", "    targets:\n      - " + broken);
    Revision released = relayed.release("1.1.0");
    Execution run = reconcile();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).startsWith("failed  app: file:///nosuchrepository main app: could not ");
    assertThat(run.errors()).isEmpty();
    assertThat(relayed.locked()).isEqualTo(released.hex());
  }

  @Test
  void serveReconcilesByItself() {
    Revision released = relayed.release("1.1.0");
    try (ServeProcess serve = program.serve(relayed.config(), "--reconcile-every", "PT0.5S")) {
      JsonNode outcome = serve.outcome(released.hex());
      assertThat(outcome.path("outcome").asString()).isEqualTo("updated");
      assertThat(outcome.path("cause").asString()).isEqualTo("reconcile");
      assertThat(outcome.path("delivery").isNull()).isTrue();
      assertThat(relayed.locked()).isEqualTo(released.hex());
      Await.until(
          Duration.ofMinutes(3),
          () ->
              serve.events("reconcile").stream()
                  .anyMatch(line -> line.path("result").asString().equals("current")));
      assertThat(relayed.commitsFor(released)).hasSize(1);
    }
  }
}
