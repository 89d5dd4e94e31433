package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.support.GitCommand;
import dev.flakerelay.support.TestRepository;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Who runs the program, and how they use Git, makes no difference. */
@ResourceLock("the user's home folder") // JGit has one for the whole JVM
class GitSetupTest {
  private static final File REAL_HOME = FS.DETECTED.userHome();

  @TempDir private Path folder;

  @BeforeEach
  void aUserWithTroublesomeConfiguration() throws Exception {
    Files.writeString(
        folder.resolve(".gitconfig"),
        """
        [url "file:///nowhere/"]
          insteadOf = file:///
        [commit]
          gpgsign = true
        [user]
          name = Somebody
          email = somebody@example.org
        [http]
          proxy = http://127.0.0.1:1
        """);
    FS.DETECTED.setUserHome(folder.toFile());
  }

  @AfterEach
  void theRealUserAgain() {
    FS.DETECTED.setUserHome(REAL_HOME);
  }

  @Test
  void theUsersConfigurationIsNotRead() throws Exception {
    GitSetup.apply();

    var config = SystemReader.getInstance().getUserConfig();

    // JGit itself notes there how well the clock of the file system is.
    assertThat(config.getSections()).doesNotContain("url", "commit", "user", "http");
  }

  @Test
  void aCommitLooksAndTravelsTheSameForEverybody() throws Exception {
    TestRepository person = TestRepository.create(folder.resolve("person"));
    person.write("a", "1").commit("First");
    TestRepository target = person.bareClone(folder.resolve("target.git"));
    GitRemote remote = new GitRemote(target.url(), Optional.empty());

    try (TargetBranch branch =
        TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache"))) {
      var change = new TargetBranch.Change(Map.of("a", new byte[] {'2'}), Map.of());
      var commit =
          branch.commit(
              change, "Second\n", new TargetBranch.Author("Relay", "r@h"), Optional.empty());
      assertThat(branch.push(commit)).isInstanceOf(PushResult.Pushed.class);
    }

    assertThat(target.log("main").getFirst().author()).isEqualTo("Relay <r@h>");
    assertThat(target.git("cat-file", "commit", "main")).doesNotContain("gpgsig");
  }

  @Test
  void aTreeKeepsEveryEntryAsItIs() throws Exception {
    TestRepository person = TestRepository.create(folder.resolve("person"));
    person
        .write("flake.lock", "1")
        .write("a b/ä ü \"x\".txt", "x")
        .write("hosts/one/flake.lock", "1")
        .executable("run.sh", "#!/bin/sh\n")
        .symlink("link", "run.sh")
        .commit("First");
    // A mode that Git no longer writes, but that old repositories hold.
    String blob = person.git("rev-parse", "HEAD:run.sh");
    Path listing = folder.resolve("listing");
    String odd = "100664 blob " + blob + "\told.sh\n";
    Files.writeString(listing, person.git("ls-tree", "HEAD") + "\n" + odd);
    String tree =
        GitCommand.in(person.directory())
            .attempt(Files.readAllBytes(listing), "mktree")
            .succeeded()
            .text()
            .strip();
    String commit = person.git("commit-tree", "-p", "HEAD", "-m", "Odd", tree);
    person.git("update-ref", "refs/heads/main", commit);
    TestRepository target = person.bareClone(folder.resolve("target.git"));
    var before = target.tree(target.head("main"));
    GitRemote remote = new GitRemote(target.url(), Optional.empty());

    try (TargetBranch branch =
        TargetBranch.fetch(
            remote,
            "main",
            _ -> Set.of("flake.lock", "hosts/one/flake.lock"),
            folder.resolve("cache"))) {
      assertThat(branch.files()).containsOnlyKeys("flake.lock", "hosts/one/flake.lock");
      var change =
          new TargetBranch.Change(Map.of("hosts/one/flake.lock", new byte[] {'2'}), Map.of());
      branch.push(
          branch.commit(
              change, "Second\n", new TargetBranch.Author("Relay", "r@h"), Optional.empty()));
    }

    var after = target.tree(target.head("main"));
    // ls-tree shows it as 100644.
    assertThat(target.attempt("cat-file", "tree", "main^{tree}").text()).contains("100664 old.sh");
    assertThat(after.remove("hosts/one/flake.lock"))
        .isNotEqualTo(before.remove("hosts/one/flake.lock"));
    assertThat(after).isEqualTo(before).hasSize(5);
  }
}
