package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.PermanentException;
import dev.flakerelay.git.push.PushRight;
import dev.flakerelay.support.SshGitServer;
import dev.flakerelay.support.TestRepository;
import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Asks over SSH whether a push is allowed. Over HTTPS it is asked by {@code check --online}. */
@Tag("slow")
@ResourceLock("the user's home folder") // JGit has one for the whole JVM
class PushRightTest {
  private static final File REAL_HOME = FS.DETECTED.userHome();

  private final TestRepository target;
  private final SshGitServer ssh;

  PushRightTest(@TempDir Path folder) {
    TestRepository person = TestRepository.create(folder.resolve("work"));
    person.write("file", "text").commit("Begin");
    target = person.bareClone(folder.resolve("target.git"));
    ssh = SshGitServer.serving(folder, folder.resolve("home/.ssh"));
    FS.DETECTED.setUserHome(folder.resolve("home").toFile());
  }

  @AfterEach
  void stop() {
    FS.DETECTED.setUserHome(REAL_HOME);
    ssh.close();
  }

  private GitRemote remote(String name) throws Exception {
    return new GitRemote(ssh.url(name), Optional.empty());
  }

  @Test
  void aKeyThatMayPushIsToldSoAndNothingIsPushed() throws Exception {
    String before = target.git("for-each-ref");
    PushRight.require(remote("target.git"));

    assertThat(ssh.commands()).containsExactly("git-receive-pack '/target.git'");
    assertThat(target.git("for-each-ref")).isEqualTo(before);
  }

  @Test
  void aDeployKeyThatMayOnlyReadIsToldInTheServersWords() {
    ssh.refusePushes();
    assertThatThrownBy(() -> PushRight.require(remote("target.git")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("could not push to " + ssh.url("target.git"))
        .hasMessageContaining("has been marked as read only");
  }

  @Test
  void aRepositoryThatIsNotThereIsNoRightToPush() {
    assertThatThrownBy(() -> PushRight.require(remote("other.git")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(ssh.url("other.git"));
  }
}
