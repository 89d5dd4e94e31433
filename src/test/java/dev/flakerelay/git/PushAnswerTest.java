package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.Reasons;
import dev.flakerelay.support.SshGitServer;
import dev.flakerelay.support.TestRepository;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pushes to a real repository, and what comes back. */
@Tag("slow")
class PushAnswerTest {
  private static final File REAL_HOME = FS.DETECTED.userHome();
  private static final String OURS = "flake-relay/app";

  private final Path folder;
  private final TestRepository person;
  private final TestRepository target;

  PushAnswerTest(@TempDir Path folder) {
    this.folder = folder;
    person = TestRepository.create(folder.resolve("person"));
    person.write("a", "1").commit("First");
    target = person.bareClone(folder.resolve("target.git"));
  }

  private void hook(String name, String script) throws IOException {
    Programs.write(target.directory().resolve("hooks").resolve(name), "#!/bin/sh\n" + script);
  }

  private PushResult push(String ownBranch) throws Exception {
    return push(target.url(), ownBranch);
  }

  private PushResult push(String url, String ownBranch) throws Exception {
    GitRemote remote = new GitRemote(url, Optional.empty());
    try (TargetBranch branch =
        TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache"))) {
      var change = new TargetBranch.Change(Map.of("a", new byte[] {'2'}), Map.of());
      var commit =
          branch.commit(
              change, "Second\n", new TargetBranch.Author("Relay", "r@h"), Optional.empty());
      return ownBranch.isEmpty()
          ? branch.push(commit)
          : branch.pushTo(ownBranch, branch.own(ownBranch).map(CommitObject::id), commit);
    }
  }

  private static String refused(PushResult result) {
    assertThat(result).isInstanceOf(PushResult.Refused.class);
    return Reasons.plain(((PushResult.Refused) result).why().getMessage());
  }

  private static String trouble(PushResult result) {
    assertThat(result).isInstanceOf(PushResult.ServerInTrouble.class);
    return Reasons.plain(((PushResult.ServerInTrouble) result).why().getMessage());
  }

  private PushResult answered(String unpack, String line, String messages) throws Exception {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      server.answerPushes(unpack, line, messages);
      return push(server.url("target.git"), "");
    }
  }

  @Test
  void whatAHookSaysIsNoRace() throws Exception {
    hook("update", "echo 'protected: no non-fast-forward, fetch first or ask'\nexit 1\n");

    assertThat(refused(push("")))
        .contains("the server refused the push to refs/heads/main: hook declined")
        .contains("protected: no non-fast-forward")
        .contains("check branch protection and the token's permissions");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pre-receive hook declined|remote: ask somebody",
        "pre-receive hook declined|GitLab: You are not allowed to push code to protected branches",
        "protected branch hook declined|error: GH006: Protected branch update failed",
        "push declined due to repository rule violations|GH013: Repository rule violations found",
        "push declined due to email privacy restrictions|GH007: Your push would publish",
        "GH001: Large files detected|",
        "prohibited by Gerrit: not permitted: update|",
        "TF402455: Pushes to this branch are not permitted; you must use a pull request|",
        "TF401027: You need the Git 'GenericContribute' permission|",
        "branch is currently checked out|",
        "refusing to update checked out branch|",
        "shallow update not allowed|",
        "deny updating a hidden ref|",
        "funny refname|",
        "non-fast-forward|",
        "Changes must be made through a pull request.|",
        "permission denied|"
      })
  void aKnownRefusalIsFinal(String words) throws Exception {
    String reason = words.substring(0, words.indexOf('|'));
    String messages = words.substring(words.indexOf('|') + 1);

    assertThat(refused(answered("ok", "ng refs/heads/main " + reason, messages)))
        .contains("refused the push to refs/heads/main: " + (reason + " " + messages).strip());
  }

  /** A server in trouble was a refusal once, and the job was gone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Internal Server Error|",
        "internal server error|",
        "failed to update ref|",
        "failed to update ref|error: unable to write: Permission denied",
        "unpacker error|",
        "failure|remote: fatal error in commit_refs",
        "failed|",
        "unable to migrate objects to permanent storage|",
        "missing necessary objects|",
        "proc-receive failed to report status|",
        "error in hook: timed out|",
        "cannot lock ref 'refs/heads/main': Unable to create 'main.lock': File exists.|",
        "transaction failed|",
        "pre-receive hook declined|GitLab: Internal API unreachable",
        "pre-receive hook declined|GitLab: API is not accessible",
        "pre-receive hook declined|GitLab: The git server, Gitaly, is not available at this time.",
        "pre-receive hook declined|Gitea: Internal Server Error (no specific error)",
        "pre-receive hook declined|Forgejo: Internal Server Connection Error",
        "pre-receive hook declined|curl: (28) Operation timed out",
        "hook declined|error: write failed: No space left on device",
        "hook declined|policy service answered HTTP 503",
        "words that nobody has seen before|"
      })
  void aServerInTroubleIsAskedAgain(String words) throws Exception {
    String reason = words.substring(0, words.indexOf('|'));
    String messages = words.substring(words.indexOf('|') + 1);

    assertThat(trouble(answered("ok", "ng refs/heads/main " + reason, messages)))
        .contains(
            "could not take the push to refs/heads/main: " + (reason + " " + messages).strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "index-pack abnormal exit",
        "unpack-objects abnormal exit",
        "error: remote unpack failed: eof before pack header",
        "unable to create temporary object directory"
      })
  void aServerThatKeepsNothingIsAskedAgain(String unpack) throws Exception {
    assertThat(trouble(answered(unpack, "ng refs/heads/main unpacker error", "")))
        .contains("could not push to main of", unpack);
  }

  @Test
  void aRateLimitInAPushIsWaitedFor() throws Exception {
    PushResult result = answered("ok", "ng refs/heads/main rate limit exceeded", "");

    assertThat(trouble(result)).contains("rate limit exceeded");
    assertThat(((PushResult.ServerInTrouble) result).why().retryAfter())
        .contains(Duration.ofMinutes(1));
  }

  /** It was called a race once: "it moved 5 times". */
  @Test
  void aLockThatWasLeftBehindIsNoRace() throws Exception {
    Files.createFile(target.directory().resolve("refs/heads/main.lock"));

    assertThat(trouble(push(""))).contains("main.lock': File exists").doesNotContain("moved");
  }

  @Test
  void aBranchInTheWayIsNoRace() throws Exception {
    target.git("branch", "flake-relay", "main");

    assertThat(trouble(push(OURS)))
        .contains("'refs/heads/flake-relay' exists; cannot create 'refs/heads/flake-relay/app'")
        .contains("rename or delete the branch that is in the way");
  }

  @Test
  void aBranchBelowIsInTheWayToo() throws Exception {
    target.git("branch", OURS + "/old", "main");

    assertThat(trouble(push(OURS))).contains("in the way").doesNotContain("moved");
  }

  @Test
  void aServerThatTakesNoForceRefuses() throws Exception {
    target.git("config", "receive.denyNonFastForwards", "true");
    assertThat(push(OURS)).isInstanceOf(PushResult.Pushed.class);
    person.write("a", "3").commit("By a person");
    person.git("push", "--quiet", target.directory().toString(), "HEAD:main");

    assertThat(refused(push(OURS))).contains("non-fast-forward");
  }

  @Test
  void whoeverIsFasterWinsWhateverTheServerCallsIt() throws Exception {
    person.write("a", "3").commit("By a person");
    hook(
        "update",
        """
        unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
        mv '%1$s/hooks/update' '%1$s/hooks/done'
        git -C '%2$s' push --quiet '%1$s' HEAD:main >&2
        """
            .formatted(target.directory(), person.directory()));

    assertThat(push("")).isInstanceOf(PushResult.BranchMoved.class);
    assertThat(target.head("main")).isEqualTo(person.head("main"));
  }

  /** All of them stood in the outcome once, after half a minute. */
  @Test
  @ResourceLock("the user's home folder") // JGit has one for the whole JVM
  void ofAHooksThreeMillionCharactersTheFirstAreTold() throws Exception {
    hook("update", "echo 'ask first'\nhead -c 3000000 /dev/zero | tr '\\0' x\nexit 1\n");
    try (GitHttpServer http = GitHttpServer.serving(folder);
        SshGitServer ssh = SshGitServer.serving(folder, folder.resolve("home/.ssh"))) {
      FS.DETECTED.setUserHome(folder.resolve("home").toFile());
      for (String url : List.of(http.url("target.git"), ssh.url("target.git"))) {
        assertThat(refused(push(url, "")))
            .contains("hook declined ask first xxx")
            .endsWith("…: check branch protection and the token's permissions")
            .hasSizeLessThan(900);
      }
    } finally {
      FS.DETECTED.setUserHome(REAL_HOME);
    }
  }

  @Test
  void aBranchOfItsOwnIsPushedWhateverItWasAtBefore() throws Exception {
    assertThat(push(OURS)).isInstanceOf(PushResult.Pushed.class);
    assertThat(push(OURS)).isInstanceOf(PushResult.Pushed.class);

    assertThat(target.log(OURS)).hasSize(2);
    assertThat(target.head("main")).isEqualTo(person.head("main"));
  }
}
