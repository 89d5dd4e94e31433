package dev.flakerelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SshGitServerTest {
  @TempDir Path folder;
  private TestRepository origin;
  private TestRepository served;
  private SshGitServer server;

  @BeforeEach
  void serveARepository() {
    origin = TestRepository.create(folder.resolve("origin"));
    origin.write("flake.nix", FlakeText.describedAs("source").text()).commit("First");
    served = origin.bareClone(folder.resolve("served/origin.git"));
    server = SshGitServer.serving(folder.resolve("served"), folder.resolve("home/.ssh"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void gitClonesAndPushesWithTheKey() {
    Revision second = origin.write("b.txt", "two\n").commit("Second");
    GitCommand git = GitCommand.in(origin.directory()).with(server.environment());

    assertThat(git.run("push", "--quiet", server.url("origin.git"), "main")).isEmpty();
    assertThat(git.run("clone", "--quiet", server.url("origin.git"), "../clone")).isEmpty();

    assertThat(served.head("main")).isEqualTo(second);
    assertThat(folder.resolve("clone/b.txt")).hasContent("two\n");
    assertThat(server.commands()).contains("git-receive-pack '/origin.git'");
  }

  @Test
  void whoeverHasAnotherKeyIsTurnedAway() throws IOException {
    SshGitServer other = SshGitServer.serving(folder.resolve("served"), folder.resolve("other"));
    try (other) {
      Files.copy(
          server.home().resolve("known_hosts"),
          other.home().resolve("known_hosts"),
          StandardCopyOption.REPLACE_EXISTING);
      GitCommand git = GitCommand.in(folder).with(other.environment());

      assertThat(git.attempt("ls-remote", server.url("origin.git")).errors())
          .contains("Permission denied");
    }
  }

  @Test
  void jgitReadsWithTheFilesOfItsHome() throws Exception {
    assertThat(Files.readString(server.home().resolve("id_ed25519"))).contains("OPENSSH");
    assertThat(server.home().resolve("known_hosts")).content().contains("ssh-ed25519");

    assertJgitReads();
  }

  @ParameterizedTest
  @CsvSource({
    "ed25519, RFC4716, OPENSSH", "ecdsa, RFC4716, OPENSSH", "rsa, RFC4716, OPENSSH",
    "ecdsa, PEM, EC PRIVATE", "rsa, PEM, RSA PRIVATE", "ecdsa, PKCS8, BEGIN PRIVATE",
  })
  void jgitReadsWithAKeyOfEachKindAndForm(String type, String form, String inFile)
      throws Exception {
    Path key = server.home().resolve("id_ed25519");
    Files.delete(key);
    Files.delete(server.home().resolve("id_ed25519.pub"));
    List<String> keygen =
        List.of("ssh-keygen", "-q", "-t", type, "-m", form, "-N", "", "-f", key.toString());
    var made = Execution.of(folder, Map.of("PATH", System.getenv("PATH")), new byte[0], keygen);
    assertThat(made.exit()).as(made.errors()).isZero();
    server.authorize(Files.readString(server.home().resolve("id_ed25519.pub")).strip());

    assertThat(Files.readString(key)).contains(inFile);
    assertJgitReads();
  }

  private void assertJgitReads() throws Exception {
    try (SshdSessionFactory sessions =
        new SshdSessionFactoryBuilder()
            .setHomeDirectory(folder.resolve("home").toFile())
            .setSshDirectory(server.home().toFile())
            .build(null)) {
      var heads =
          Git.lsRemoteRepository()
              .setRemote(server.url("origin.git"))
              .setTransportConfigCallback(
                  transport -> ((SshTransport) transport).setSshSessionFactory(sessions))
              .call();

      assertThat(heads)
          .extracting(Ref::getObjectId)
          .contains(ObjectId.fromString(served.head("main").hex()));
    }
  }

  @Test
  void nixLocksAnInputOverSsh() throws IOException {
    Path target = Files.createDirectories(folder.resolve("target"));
    String reference = "git+" + server.url("origin.git") + "?ref=main";
    Files.writeString(
        target.resolve("flake.nix"),
        FlakeText.describedAs("target").input("source", reference).text());

    TestNix.in(folder.resolve("nix"), server.environment()).lock(target).succeeded();

    assertThat(target.resolve("flake.lock")).content().contains(served.head("main").hex());
  }
}
