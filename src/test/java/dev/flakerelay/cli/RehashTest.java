package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.TestRepository;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code relay verify --rehash} on locks that the real nix made. */
@OneAtATime
@Tag("slow")
class RehashTest {
  @TempDir Path folder;
  private PullRequestFlow flow;
  private TestRepository clone;

  @BeforeEach
  void updateOnce() throws Exception {
    flow = new PullRequestFlow(folder, "source");
    Outcome outcome =
        PullRequestFlow.outcome(
            flow.run(
                flow.config("push", "source"),
                flow.job("source", flow.release("Second"), "delivery-2")));
    assertThat(outcome.kind()).as("%s", outcome.reason()).isEqualTo(Outcome.Kind.UPDATED);
    clone = flow.target.fullClone(folder.resolve("clone"));
  }

  @AfterEach
  void stop() {
    flow.close();
  }

  private void openToEverybody() {
    flow.forge.github("acme/source", flow.source);
  }

  private Execution verify() {
    RelayProgram program = RelayProgram.in(folder.resolve("relay"));
    for (Map.Entry<String, String> each : flow.forge.environment().entrySet()) {
      program = program.with(each.getKey(), each.getValue());
    }
    return program.run("verify", clone.directory().toString(), "--rehash");
  }

  @Test
  void whatNixLockedIsProven() {
    openToEverybody();

    Execution verify = verify();

    assertThat(verify.text()).startsWith("true ").contains("1 commits by flake-relay");
    assertThat(verify.exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "narHash, sha256-[^\"]+, sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "lastModified, '(?<=Modified\": )\\d+', 1700000000"
  })
  void aLockOfOtherContentsLies(String what, String locked, String other) throws Exception {
    openToEverybody();
    String lock = clone.show(clone.head("main"), "flake.lock");
    clone.write("flake.lock", lock.replaceAll(locked, other));
    clone.git("commit", "--quiet", "--all", "--amend", "--no-edit");

    Execution verify = verify();

    assertThat(verify.text())
        .startsWith("LIES ")
        .contains("its lock has " + what + " " + other + " of `source`, the archive has ");
    assertThat(verify.exit()).isEqualTo(1);
  }

  @Test
  void whatIsPrivateIsUnknownAndNoLie() {
    Execution verify = verify();

    assertThat(verify.text())
        .startsWith("unknown ")
        .contains("the hash of `source` could not be proven", "HTTP 404");
    assertThat(verify.errors()).contains("1 of them could not be checked");
    assertThat(verify.exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"404", "410", "429", "503"})
  void whatIsGoneOrNotAnsweredForIsUnknownWithTheReason(int status) {
    openToEverybody();
    flow.forge.failNext(1, "codeload.github.com", Fault.status(status));

    Execution verify = verify();

    assertThat(verify.text()).startsWith("unknown ").contains("HTTP " + status);
    assertThat(verify.exit()).isZero();
  }
}
