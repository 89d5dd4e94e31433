package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Revision;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.git.sign.SigningKey;
import dev.flakerelay.support.AppKeys;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.SshKeys;
import dev.flakerelay.support.TestRepository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits that are signed with ssh's keys, and what git says of them. */
@Tag("slow")
class SignedCommitTest {
  @TempDir private Path folder;
  private TestRepository target;

  @BeforeEach
  void makeATarget() {
    TestRepository person = TestRepository.create(folder.resolve("person"));
    person.write("a", "1").commit("First");
    target = person.bareClone(folder.resolve("target.git"));
  }

  private PushResult push(Optional<SigningKey> key, String message) throws Exception {
    GitRemote remote = new GitRemote(target.url(), Optional.empty());
    try (TargetBranch branch =
        TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache"))) {
      var change = new TargetBranch.Change(Map.of("a", new byte[] {'2'}), Map.of());
      var author = new TargetBranch.Author("Relay", "relay@example.org");
      return branch.push(branch.commit(change, message, author, key));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t ed25519",
        "-t ecdsa -b 256",
        "-t ecdsa -b 384",
        "-t ecdsa -b 521",
        "-t rsa -b 2048",
        "-t rsa -b 3072"
      })
  void gitTakesTheSignature(String kind) throws Exception {
    Path key = SshKeys.make(folder.resolve("key"), "", kind.split(" "));
    Path other = SshKeys.make(folder.resolve("other"), "", "-t", "ed25519");

    push(Optional.of(SigningKey.parse(SshKeys.text(key))), "Zweite: \u00e4\u00f6\n\nBody\n");

    Revision head = target.head("main");
    assertThat(SshKeys.verify(target, head.hex(), key).succeeded().errors())
        .contains("Good \"git\" signature for relay@example.org");
    assertThat(SshKeys.verify(target, head.hex(), other).exit()).isNotZero();
    assertThat(target.git("fsck", "--strict")).isEmpty();
    assertThat(target.log("main").getFirst().message()).startsWith("Zweite: \u00e4\u00f6");
  }

  /** A signature of a short number has a shorter form: 1 of 256. */
  @Test
  void everySignatureIsWhole() {
    Path file = SshKeys.make(folder.resolve("key"), "", "-t", "ecdsa", "-b", "521");
    SigningKey key = SigningKey.parse(SshKeys.text(file));
    for (int i = 0; i < 40; i++) {
      String commit = "tree " + i;
      assertThat(key.sign(commit.getBytes(StandardCharsets.UTF_8)))
          .startsWith("-----BEGIN SSH SIGNATURE-----\n")
          .endsWith("\n-----END SSH SIGNATURE-----\n");
    }
  }

  @Test
  void whatIsNoKeyIsToldWithoutIt() {
    Path good = SshKeys.make(folder.resolve("good"), "", "-t", "ed25519");
    String text = SshKeys.text(good);
    String middle = text.substring(120, 160);
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put(SshKeys.text(Path.of(good + ".pub")), "the public key");
    wrong.put(
        SshKeys.text(SshKeys.make(folder.resolve("locked"), "secret", "-t", "ed25519")),
        "has a passphrase");
    wrong.put(
        SshKeys.text(SshKeys.make(folder.resolve("pem"), "", "-t", "rsa", "-m", "PEM")),
        "holds `RSA PRIVATE KEY`");
    wrong.put(
        SshKeys.text(SshKeys.make(folder.resolve("short"), "", "-t", "rsa", "-b", "1024")),
        "less than 2048 bits");
    wrong.put(AppKeys.pkcs8(AppKeys.pair()), "holds `PRIVATE KEY`");
    wrong.put(text.replace(middle, ""), "not a whole OpenSSH private key");
    wrong.put(text.substring(0, 100), "not an OpenSSH private key");
    wrong.put("hunter2-" + middle, "not an OpenSSH private key");
    wrong.put(
        AppKeys.pem("OPENSSH PRIVATE KEY", Base64.getDecoder().decode("b3BlbnNzaC1rZXk=")),
        "not a whole OpenSSH private key");
    wrong.forEach(
        (key, why) ->
            assertThatThrownBy(() -> SigningKey.parse(key))
                .as(why)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining(middle)
                .hasNoCause());
    assertThat(SigningKey.parse(text.replace("\n", "\\n"))).hasToString("***");
    assertThat(SigningKey.parse(text.replace("\n", "\r\n"))).hasToString("***");
  }

  /** As GitHub says it (GH013). */
  @Test
  void aBranchThatTakesSignedCommitsOnlySaysWhatToSet() throws Exception {
    Programs.write(
        target.directory().resolve("hooks/update"),
        """
        #!/bin/sh
        git cat-file commit "$3" | grep -q ^gpgsig && exit 0
        echo 'error: GH013: Repository rule violations found for refs/heads/main.' >&2
        echo '- Commits must have verified signatures.' >&2
        exit 1
        """);

    PushResult refused = push(Optional.empty(), "Unsigned\n");
    assertThat(refused)
        .isInstanceOfSatisfying(
            PushResult.Refused.class,
            each ->
                assertThat(each.why())
                    .hasMessageContaining("Commits must have verified signatures")
                    .hasMessageContaining("set commit.sign to ssh or to github"));

    Path key = SshKeys.make(folder.resolve("key"), "", "-t", "ed25519");
    assertThat(push(Optional.of(SigningKey.parse(SshKeys.text(key))), "Signed\n"))
        .isEqualTo(new PushResult.Pushed(target.head("main")));
  }
}
