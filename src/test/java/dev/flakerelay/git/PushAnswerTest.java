package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.PermanentException;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.SshGitServer;
import dev.flakerelay.support.TestRepository;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes to a real repository, and what comes back. */
@Tag("slow")
class PushAnswerTest {
  private static final File REAL_HOME = FS.DETECTED.userHome();

  private final Path folder;
  private final TestRepository person;
  private final TestRepository target;

  PushAnswerTest(@TempDir Path folder) {
    this.folder = folder;
    person = TestRepository.create(folder.resolve("person"));
    person.write("a", "1").commit("First");
    target = person.bareClone(folder.resolve("target.git"));
  }

  @BeforeEach
  void aHookThatSaysWhatSoundsLikeARace() throws Exception {
    hook(
        """
        #!/bin/sh
        [ $1 = refs/heads/main ] || exit 0
        echo 'protected: no non-fast-forward, fetch first or ask'
        exit 1
        """);
  }

  private void hook(String script) throws IOException {
    Programs.write(target.directory().resolve("hooks/update"), script);
  }

  private boolean push(String ownBranch) throws Exception {
    return push(target.url(), ownBranch);
  }

  private boolean push(String url, String ownBranch) throws Exception {
    GitRemote remote = new GitRemote(url, Optional.empty());
    try (TargetBranch branch =
        TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache"))) {
      var change = new TargetBranch.Change(Map.of("a", new byte[] {'2'}), Map.of());
      var commit = branch.commit(change, "Second\n", new TargetBranch.Author("Relay", "r@h"));
      return ownBranch.isEmpty() ? branch.push(commit) : branch.pushTo(ownBranch, commit);
    }
  }

  @Test
  void whatAHookSaysIsNoRace() {
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> push(""))
        .withMessageContaining("the server refused the push to refs/heads/main: hook declined")
        .withMessageContaining("protected: no non-fast-forward")
        .withMessageContaining("check branch protection and the token's permissions");
  }

  /** All of them stood in the outcome once, after half a minute. */
  @Test
  void ofAHooksThreeMillionCharactersTheFirstAreTold() throws Exception {
    hook(
        """
        #!/bin/sh
        echo 'ask first'
        head -c 3000000 /dev/zero | tr '\\0' x
        exit 1
        """);
    try (GitHttpServer http = GitHttpServer.serving(folder);
        SshGitServer ssh = SshGitServer.serving(folder, folder.resolve("home/.ssh"))) {
      FS.DETECTED.setUserHome(folder.resolve("home").toFile());
      for (String url : List.of(http.url("target.git"), ssh.url("target.git"))) {
        assertThatExceptionOfType(PermanentException.class)
            .isThrownBy(() -> push(url, ""))
            .withMessageContaining("hook declined ask first xxx")
            .withMessageEndingWith("…: check branch protection and the token's permissions")
            .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(900));
      }
    } finally {
      FS.DETECTED.setUserHome(REAL_HOME);
    }
  }

  @Test
  void aBranchOfItsOwnIsPushedWhateverItWasAtBefore() throws Exception {
    assertThat(push("relay/app")).isTrue();
    assertThat(push("relay/app")).isTrue();

    assertThat(target.log("relay/app")).hasSize(2);
    assertThat(target.head("main")).isEqualTo(person.head("main"));
  }
}
