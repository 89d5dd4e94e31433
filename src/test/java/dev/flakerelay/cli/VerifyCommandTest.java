package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Execution;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code relay verify} in a clone; {@code CommitAuditTest} has what it finds. */
@Tag("slow")
class VerifyCommandTest {
  private static final String REVISION = "a".repeat(40);

  private final Path folder;
  private final RelayProgram program;
  private final TestRepository target;

  VerifyCommandTest(@TempDir Path folder) {
    this.folder = folder;
    program = RelayProgram.in(folder.resolve("relay"));
    target = TestRepository.create(folder.resolve("target"));
    target.write("README", "A target\n").commit("Begin");
  }

  @Test
  void aCommitIsOneLineWhateverItsPathsAndTrailersAreCalled() {
    target.write("x\ntrue    1111111 2026\u001b[8m\u202e", "");
    target.commit("chore: bump app\n\nFlake-Input: app\rtrue\u001b[8m\nFlake-Rev: " + REVISION);

    Execution run = program.run("verify", target.directory().toString());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text().lines()).hasSize(2);
    assertThat(run.text())
        .startsWith("LIES    " + target.head("HEAD").abbreviated())
        .contains("it touches x true    1111111 2026 [8m\n")
        .matches("[^\\p{Cc}\\p{Cf}]+\n1 commits by flake-relay\n");
  }

  @Test
  void inAShallowCloneNothingIsCalledALie() {
    target.write("flake.lock", "{}");
    target.commit("chore: bump app\n\nFlake-Input: app\nFlake-Rev: " + REVISION);
    Path shallow = folder.resolve("shallow");
    target.git("clone", "--quiet", "--depth=1", target.url(), shallow.toString());

    Execution run = program.run("verify", shallow.toString());

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.text())
        .startsWith("unknown " + target.head("HEAD").abbreviated() + " ")
        .contains(": history is cut off here: git fetch --unshallow\n");
    assertThat(run.errors()).isEqualTo("1 of them could not be checked\n");
  }
}
