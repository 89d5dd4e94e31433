package dev.flakerelay.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.audit.CommitAudit.Finding;
import dev.flakerelay.git.BranchHistory;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code relay verify} says of a bump that Git, a forge or a person wrote anew. */
class RewrittenCommitTest {
  private static final String OLD = "1".repeat(39) + "a";
  private static final String NEW = "2".repeat(39) + "b";
  private static final String TRAILERS =
      "Flake-Input: app\nFlake-Rev: " + NEW + "\nFlake-Previous-Rev: " + OLD + "\n";
  private static final String TRUE = "chore: bump app to v1.1.0 (2222222)\n\n" + TRAILERS;
  private static final String LIE = "chore: bump app to v1.1.0 (deadbee)\n\n" + TRAILERS;

  @TempDir private Path folder;

  private TestRepository target;

  @BeforeEach
  void makeATarget() {
    target = TestRepository.create(folder.resolve("target"));
    target.write("flake.lock", lock(OLD)).commit("Lock app 1.0.0");
  }

  private void bump(String message) {
    target.write("flake.lock", lock(NEW));
    target.git("add", ".");
    // As it is: Git would take lines away that begin with #.
    target.git("commit", "--quiet", "--cleanup=verbatim", "--message", message);
  }

  private List<Finding> findings() throws Exception {
    try (BranchHistory history = BranchHistory.open(target.directory(), Optional.empty())) {
      return new CommitAudit(history).run().stream().map(CommitAudit.Verdict::finding).toList();
    }
  }

  private void onABranch(String message) {
    target.git("checkout", "--quiet", "-b", "other");
    bump(message);
    target.git("checkout", "--quiet", "main");
    target.write("README", "text\n").commit("Describe it");
  }

  /** "(cherry picked from commit …)" names a commit of the target. */
  @Test
  void aCherryPickedBumpIsNoLie() throws Exception {
    onABranch(TRUE);
    target.git("cherry-pick", "-x", "other");
    assertThat(findings()).containsExactly(Finding.TRUE);
    target.git("commit", "--quiet", "--amend", "--signoff", "--no-edit");
    assertThat(findings()).containsExactly(Finding.TRUE);
  }

  @Test
  void aCherryPickedLieIsOne() throws Exception {
    onABranch(LIE);
    target.git("cherry-pick", "-x", "other");
    assertThat(findings()).containsExactly(Finding.LIE);
  }

  @Test
  void aRebasedBumpIsTrue() throws Exception {
    onABranch(TRUE);
    target.git("checkout", "--quiet", "other");
    target.git("rebase", "--quiet", "--signoff", "main");
    assertThat(findings()).containsExactly(Finding.TRUE);
  }

  @Test
  void aMergeIsHeldToWhatItBrings() throws Exception {
    onABranch("Move the lock\n");
    target.git("merge", "--quiet", "--no-ff", "--message", TRUE, "other");
    assertThat(findings()).containsExactly(Finding.TRUE);
    target.write("README", "more\n").git("add", ".");
    target.git("commit", "--quiet", "--amend", "--no-edit");
    assertThat(findings()).containsExactly(Finding.LIE);
  }

  @Test
  void aRevertIsAPersons() throws Exception {
    bump(TRUE);
    target.git("revert", "--no-edit", "HEAD");
    target.git("revert", "--no-edit", "HEAD");
    assertThat(findings()).containsExactly(Finding.TRUE);
  }

  /** What forges and people add below a bump's trailers; none hides it, none makes it a lie. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\nCo-authored-by: deadbee <1234567+deadbee@users.noreply.github.com>\n",
        "Co-authored-by: deadbee <deadbee@example.org>\nSigned-off-by: A <a1b2c3d4@example.org>\n",
        """

        Signed-off-by: A <a@example.org>

        Change-Id: I0123456789abcdef0123456789abcdef01234567
        """,
        "Tried on the staging host, all is well.\n",
        "\nTried on the staging host\nwith nixpkgs 0badcafe.\n",
        "\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.\n",
        "(cherry picked from commit 0123456789abcdef0123456789abcdef01234567)\n",
        "\n\n\n# a comment that was left in\n"
      })
  void whatOthersAddBelowChangesNothing(String below) throws Exception {
    bump(TRUE + below);
    assertThat(findings()).containsExactly(Finding.TRUE);
    target.git("commit", "--quiet", "--amend", "--cleanup=verbatim", "--message", LIE + below);
    assertThat(findings()).containsExactly(Finding.LIE);
  }

  @Test
  void theLinesMayEndAsOnWindows() throws Exception {
    bump((TRUE + "\nCo-authored-by: A <a@example.org>\n").replace("\n", "\r\n"));
    assertThat(findings()).containsExactly(Finding.TRUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chore: bump app to v1.1.0 (2222222) (#12)\n\n",
        "chore: bump app to v1.1.0 (2222222) (#1234567)\n\n",
        "Release day (#1234567)\n\n* chore: bump app (2222222)\n\n"
      })
  void aSquashAtAForgeIsTrue(String subject) throws Exception {
    bump(subject + TRAILERS + "\nCo-authored-by: A <a@example.org>\n");
    assertThat(findings()).containsExactly(Finding.TRUE);
  }

  /** Somebody's own commit, whatever it is about. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        Undo this:

            Flake-Input: app
            Flake-Rev: 2222222222222222222222222222222222222222
        """,
        "Undo this:\n\n> Flake-Input: app\n> Flake-Rev: 2222222222222222222222222222222222222222\n",
        "Explain trailers\n\nFlake-Input: is the first of them,\nand it names the input.\n",
        "Flake-Input: app\n",
        "Update by hand to 2222222\n\nSigned-off-by: A <a@example.org>\n"
      })
  void whatIsQuotedOrExplainedIsNoClaim(String message) throws Exception {
    bump(message);
    assertThat(findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Not ours\n\nFlake-Input: app\nFlake-Rev: 1111111111111111111111111111111111111111\n",
        """
        Not ours

        Flake-Input: app
        Flake-Rev: 1111111111111111111111111111111111111111

        Bye.
        """,
        "Not ours\n\nFlake-Input: app\n\nSigned-off-by: A <a@example.org>\n"
      })
  void aForgedTrailerIsALieWhereverItStands(String message) throws Exception {
    bump(message);
    assertThat(findings()).containsExactly(Finding.LIE);
  }

  private static String lock(String app) {
    return """
    {"nodes": {
      "app": {"locked": {"type": "github", "owner": "o", "repo": "app", "rev": "%s"},
              "original": {"type": "github", "owner": "o", "repo": "app"}},
      "root": {"inputs": {"app": "app"}}},
     "root": "root", "version": 7}
    """
        .formatted(app);
  }
}
