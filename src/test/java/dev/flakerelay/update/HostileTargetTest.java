package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.audit.CommitAudit;
import dev.flakerelay.git.BranchHistory;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.RawTree;
import dev.flakerelay.support.TestRepository;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Targets whose trees no Git would write: an update works and keeps every other byte, or the job is
 * rejected with a sentence. It neither hangs nor is it tried again.
 */
@Timeout(180)
@Tag("slow")
class HostileTargetTest {
  private final Scene scene;
  private final TestRepository app;
  private final TestRepository target;
  private final String nix;
  private final String lock;
  private final String empty;

  HostileTargetTest(@TempDir Path folder) {
    scene = Scene.in(folder);
    app = scene.source("app");
    target = scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    nix = target.git("rev-parse", "main:flake.nix");
    lock = target.git("rev-parse", "main:flake.lock");
    empty = new RawTree().write(target);
    scene.route("app");
  }

  /** Puts a commit with this tree onto the branch. */
  private void commit(RawTree tree) throws Exception {
    commit(tree.write(target), "Odd\n".getBytes(StandardCharsets.UTF_8));
  }

  private void commit(String tree, byte[] message) throws Exception {
    ByteArrayOutputStream commit = new ByteArrayOutputStream();
    String person = " Test <test@example.org> 1767225600 +0000\n";
    String head =
        "tree " + tree + "\nparent " + target.head("main") + "\nauthor" + person + "committer";
    commit.writeBytes((head + person + "\n").getBytes(StandardCharsets.UTF_8));
    commit.writeBytes(message);
    point(RawTree.write(target, "commit", commit.toByteArray()));
  }

  private void point(String id) throws Exception {
    Files.deleteIfExists(target.directory().resolve("packed-refs"));
    Files.createDirectories(target.directory().resolve("refs/heads"));
    Files.writeString(target.directory().resolve("refs/heads/main"), id + "\n");
  }

  private RawTree flake() {
    return new RawTree().add("100644", "flake.lock", lock).add("100644", "flake.nix", nix);
  }

  /** Updates, and looks that nothing but the lock's id has changed in the root folder. */
  private void assertUpdatedAndNothingElse(RawTree before) {
    Revision revision = Scene.release(app, "1");

    Outcome outcome = scene.update(revision);

    assertThat(outcome.kind()).as("%s", outcome.reason()).isEqualTo(Outcome.Kind.UPDATED);
    Execution listed = target.attempt("cat-file", "tree", "main^{tree}");
    String after = new String(listed.succeeded().output(), StandardCharsets.ISO_8859_1);
    byte[] raw = before.bytes();
    String old = new String(raw, StandardCharsets.ISO_8859_1);
    int id = old.indexOf("flake.lock\0") + "flake.lock\0".length();
    assertThat(after).hasSameSizeAs(old).startsWith(old.substring(0, id));
    assertThat(after.substring(id + 20)).isEqualTo(old.substring(id + 20));
  }

  @Test
  void oddNeighboursStayAsTheyAre() throws Exception {
    String flakes = new RawTree().add("100644", "flake.nix", nix).write(target);
    RawTree tree =
        flake()
            .add("40000", "..", flakes)
            .add("40000", ".", flakes)
            .add("40000", ".git", flakes)
            .add("100644", "a/b", nix)
            .add("40000", "c/d", flakes)
            .add("100644", "twice", nix)
            .add("100644", "twice", lock)
            .add("40000", "twice", flakes)
            .add("100664", "\u00ff\u00fe not UTF-8", nix)
            .add("100600", "line\nend", nix)
            .add("40755", "odd folder", flakes)
            .add("120000", "link", nix)
            .add("160000", "submodule", lock)
            .add("100644", "0 out of order", nix);
    commit(tree);

    assertUpdatedAndNothingElse(tree);
  }

  /** A worker looked for flake.nix in all of them, for ever. */
  @Test
  void aBillionPathsCostNothing() throws Exception {
    String flakes = new RawTree().add("100644", "flake.nix", nix).write(target);
    RawTree tree = flake().add("40000", "paths", RawTree.doubling(target, flakes, 30));
    commit(tree);

    assertUpdatedAndNothingElse(tree);
  }

  @Test
  void foldersAreAsDeepAsGitTakesThem() throws Exception {
    String folder = empty;
    for (int i = 0; i < 60; i++) {
      folder = new RawTree().add("40000", "deeper", folder).write(target);
    }
    RawTree tree = flake().add("40000", "deep", folder);
    commit(tree);

    assertUpdatedAndNothingElse(tree);
  }

  /** It was kept once for each path, until memory was used up. */
  @Test
  void oneLargeFileAtThousandsOfPathsIsNotRead() throws Exception {
    byte[] text = new byte[4 << 20];
    Arrays.fill(text, (byte) ' ');
    String large = RawTree.write(target, "blob", text);
    String flakes =
        new RawTree()
            .add("100644", "flake.lock", large)
            .add("100644", "flake.nix", large)
            .write(target);
    RawTree tree = flake();
    for (int i = 0; i < 3000; i++) {
      tree.add("40000", "host" + (10_000 + i), flakes);
    }
    commit(tree);

    assertUpdatedAndNothingElse(tree);
  }

  private String rejected() {
    Revision head = target.head("main");
    String reason = scene.rejected(Scene.release(app, "1"));
    assertThat(target.head("main")).isEqualTo(head);
    return reason;
  }

  @ParameterizedTest
  @CsvSource({
    "120000, a symbolic link",
    "160000, a submodule",
    "40000, a folder",
    "140000, of the unknown mode 140000"
  })
  void aLockThatIsNoFileIsRejected(String mode, String kind) throws Exception {
    commit(
        new RawTree()
            .add(mode, "flake.lock", mode.equals("40000") ? empty : lock)
            .add("100644", "flake.nix", nix));

    assertThat(rejected())
        .contains("there is no `flake.lock` on branch main")
        .contains("but " + kind + " of that name");
  }

  @Test
  void twoLocksAreRejected() throws Exception {
    commit(flake().add("100644", "flake.lock", nix));

    assertThat(rejected())
        .isEqualTo("there are 2 entries `flake.lock` in one folder: keep one of them");
  }

  /** The server's check of objects is not ours to pass: what it says is final. */
  @Test
  void aServerThatTakesNoSuchTreesRejects() throws Exception {
    commit(flake().add("100644", "0 out of order", nix));
    target.git("config", "receive.fsckObjects", "true");

    assertThat(rejected())
        .contains(
            "could not push to main of", "incorrectly sorted", "mend it, `git fsck` names it");
  }

  @Test
  void aNameThatNoFileSystemTakesIsNoNameOfAFlake() throws Exception {
    String name = "x".repeat(300);
    String flakes = new RawTree().add("100644", "flake.nix", nix).write(target);
    String text = "# path:./" + name + "\n" + target.show(target.head("main"), "flake.nix");
    String id = RawTree.write(target, "blob", text.getBytes(StandardCharsets.UTF_8));
    RawTree tree =
        new RawTree()
            .add("100644", "flake.lock", lock)
            .add("100644", "flake.nix", id)
            .add("40000", name, flakes);
    commit(tree);

    assertUpdatedAndNothingElse(tree);
  }

  @Test
  void aFlakeOfFiveMegabytesIsRejected() throws Exception {
    String large = RawTree.write(target, "blob", new byte[5 << 20]);
    commit(new RawTree().add("100644", "flake.lock", lock).add("100644", "flake.nix", large));

    assertThat(rejected()).isEqualTo("`flake.nix` is larger than 4194304 bytes: it is not read");
  }

  @Test
  void aHugeMessageIsRejected() throws Exception {
    byte[] message = new byte[5 << 20];
    Arrays.fill(message, (byte) 'x');
    commit(flake().write(target), message);

    assertThat(rejected()).contains("has more than 4 MB, message and all: it is not read");
  }

  @Test
  void aBranchThatLeadsToAFileIsRejected() throws Exception {
    point(nix);

    assertThat(scene.rejected(Scene.release(app, "1")))
        .contains("the branch leads to " + nix + ", which is a blob, not a commit");
  }

  /** Its nodes lead to themselves, one folder deeper each time. */
  @Test
  void aLockOfEndlesslyNestedFlakesIsRejected() throws Exception {
    String text = target.show(target.head("main"), "flake.lock");
    String node =
        "\"nodes\": {\"deeper\": {\"inputs\": {\"deeper\": \"deeper\"}, \"original\": {\"type\":"
            + " \"path\", \"path\": \"./a\"}},";
    String odd =
        text.replaceFirst("\"nodes\": \\{", node)
            .replaceFirst(
                "\"inputs\": \\{\\s+\"app\"", "\"inputs\": {\"deeper\": \"deeper\", \"app\"");
    String id = RawTree.write(target, "blob", odd.getBytes(StandardCharsets.UTF_8));
    commit(new RawTree().add("100644", "flake.lock", id).add("100644", "flake.nix", nix));

    assertThat(rejected()).contains("flake.lock takes in more than 100 flakes by relative path");
  }

  /** A flake that takes in 3,000 flakes of 4 MB is told so, and needs the memory of a few. */
  @Test
  void tooManyBytesInAllAreRejected() throws Exception {
    byte[] text = new byte[4 << 20];
    Arrays.fill(text, (byte) ' ');
    String flakes =
        new RawTree().add("100644", "flake.nix", RawTree.write(target, "blob", text)).write(target);
    StringBuilder names = new StringBuilder("# ");
    RawTree tree = new RawTree().add("100644", "flake.lock", lock);
    for (int i = 0; i < 40; i++) {
      names.append(" path:./host").append(i);
      tree.add("40000", "host" + i, flakes);
    }
    byte[] odd =
        (names + "\n" + target.show(target.head("main"), "flake.nix"))
            .getBytes(StandardCharsets.UTF_8);
    commit(tree.add("100644", "flake.nix", RawTree.write(target, "blob", odd)));

    assertThat(rejected()).contains("have more than 33554432 bytes: they are not read");
  }

  /** `relay verify` compared every path of such a commit. */
  @ParameterizedTest
  @ValueSource(strings = {"files", "folders", "deep"})
  void aCommitThatTouchesABillionPathsIsALie(String what) throws Exception {
    String leaf =
        what.equals("files") ? new RawTree().add("100644", "x", nix).write(target) : empty;
    String folder = RawTree.doubling(target, leaf, 40);
    RawTree tree = flake().add("40000", "paths", folder);
    if (what.equals("folders")) {
      tree.add("100644", "z", nix);
    }
    if (what.equals("deep")) {
      folder = empty;
      for (int i = 0; i < 60; i++) {
        folder = new RawTree().add("40000", "d", folder).add("100644", "x", nix).write(target);
      }
      tree = flake().add("40000", "paths", folder);
    }
    UnaryOperator<String> trailer = name -> name + ": " + "a".repeat(40) + "\n";
    String message =
        "chore: bump app\n\nFlake-Input: app\n"
            + trailer.apply("Flake-Rev")
            + trailer.apply("Flake-Previous-Rev");
    commit(tree.write(target), message.getBytes(StandardCharsets.UTF_8));

    try (BranchHistory history = BranchHistory.open(target.directory(), Optional.of("main"))) {
      List<CommitAudit.Verdict> verdicts = new CommitAudit(history).run();
      assertThat(verdicts).hasSize(1);
      assertThat(verdicts.getFirst().finding()).isEqualTo(CommitAudit.Finding.LIE);
      assertThat(verdicts.getFirst().reason()).startsWith("it touches ");
    }
  }
}
