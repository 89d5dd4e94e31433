package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.Deadline;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.git.cache.BareRepository;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.HostileGitServer;
import dev.flakerelay.support.SshGitServer;
import dev.flakerelay.support.TestRepository;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A Git server that sends without end takes neither the memory, the disk nor the time of others.
 */
@Tag("slow")
@ResourceLock("the user's home folder") // JGit has one for the whole JVM
class HostileServerTest {
  private static final int MOST_BYTES = 8 << 20;

  @TempDir Path folder;

  private void fetch(HostileGitServer server) throws Exception {
    GitRemote remote =
        new GitRemote(
            server.url(), Optional.empty(), Duration.ofMinutes(3), MOST_BYTES, Deadline.NONE);
    TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache")).close();
  }

  private void assertRefused(HostileGitServer server, String what) {
    try (server) {
      assertThatExceptionOfType(PermanentException.class)
          .isThrownBy(() -> fetch(server))
          .withMessage(
              "could not fetch the branch of " + server.url() + ": 127.0.0.1 sent " + what);
    }
  }

  /** Packets of one channel, for ever: 1 is the pack, 2 words for people. */
  private static void flood(OutputStream out, int channel) throws IOException {
    byte[] text = new byte[65_000];
    Arrays.fill(text, (byte) 'x');
    text[0] = (byte) channel;
    while (true) {
      HostileGitServer.packet(out, text, text.length);
    }
  }

  private static byte[] packHead(int objects) {
    return new byte[] {
      1,
      'P',
      'A',
      'C',
      'K',
      0,
      0,
      0,
      2,
      (byte) (objects >> 24),
      (byte) (objects >> 16),
      (byte) (objects >> 8),
      (byte) objects
    };
  }

  @Test
  void progressWithoutEndIsThrownAwayAndThenRefused() {
    assertRefused(
        HostileGitServer.sending(
            out -> {
              HostileGitServer.begin(out);
              flood(out, 2);
            }),
        "more than 8 MB");
  }

  /** What is thrown away must not stand between JGit and what is not. */
  @Test
  void afterMuchProgressTheErrorIsStillRead() {
    byte[] text = new byte[60_000];
    Arrays.fill(text, (byte) 'x');
    text[0] = 2;
    HostileGitServer server =
        HostileGitServer.sending(
            out -> {
              HostileGitServer.begin(out);
              for (int i = 0; i < 100; i++) {
                HostileGitServer.packet(out, text, text.length);
              }
              HostileGitServer.packet(out, "\3out of order");
            });
    try (server) {
      assertThatExceptionOfType(RetryableException.class)
          .isThrownBy(() -> fetch(server))
          .withMessageContaining("out of order");
    }
  }

  @Test
  void compressedProgressIsProgressToo() {
    HostileGitServer.Script pack =
        out -> {
          HostileGitServer.head(out, "result", "Content-Encoding: gzip\r\n");
          try (OutputStream zip = new GZIPOutputStream(out)) {
            HostileGitServer.begin(zip);
            flood(zip, 2);
          }
        };
    HostileGitServer.Script names =
        out -> {
          HostileGitServer.head(out, "advertisement", "");
          HostileGitServer.packet(out, "# service=git-upload-pack\n");
          out.write("0000".getBytes(StandardCharsets.US_ASCII));
          HostileGitServer.packet(
              out,
              HostileGitServer.COMMIT
                  + " refs/heads/main\0side-band-64k multi_ack_detailed shallow filter\n");
          out.write("0000".getBytes(StandardCharsets.US_ASCII));
        };
    assertRefused(HostileGitServer.answering(names, pack), "more than 8 MB");
  }

  @Test
  void aPackWithoutEndIsRefusedAndDeleted() throws Exception {
    byte[] blob = blob();
    assertRefused(
        HostileGitServer.sending(
            out -> {
              HostileGitServer.begin(out);
              byte[] head = packHead(10_000);
              HostileGitServer.packet(out, head, head.length);
              while (true) {
                HostileGitServer.packet(out, blob, blob.length);
              }
            }),
        "more than 8 MB");
    try (var left = Files.walk(folder)) {
      assertThat(left.filter(Files::isRegularFile)).noneMatch(file -> size(file) > 100_000);
    }
  }

  /** Of 32,000 zeros, not compressed, as it stands in a pack, after the byte for the channel. */
  private static byte[] blob() throws IOException {
    var blob = new ByteArrayOutputStream();
    blob.writeBytes(new byte[] {1, (byte) 0xb0, (byte) 0xd0, 0x0f});
    try (var zip = new DeflaterOutputStream(blob, new Deflater(0))) {
      zip.write(new byte[32_000]);
    }
    return blob.toByteArray();
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  @Test
  void aPackThatSaysItHasBillionsOfObjectsIsRefused() {
    assertRefused(
        HostileGitServer.sending(
            out -> {
              HostileGitServer.begin(out);
              byte[] head = packHead(2_000_000_000);
              // in two parts, so that none of them has the number
              HostileGitServer.packet(out, head, 11);
              HostileGitServer.packet(out, new byte[] {1, head[11], head[12]}, 3);
              flood(out, 1);
            }),
        "a pack of 2000000000 objects, the most are 1000000");
  }

  /** A commit that begins with the claim to have 2 GB; JGit made room for them at once. */
  @Test
  void anObjectThatSaysItIsEnormousIsRefused() {
    HostileGitServer server =
        HostileGitServer.sending(
            out -> {
              HostileGitServer.begin(out);
              byte[] head = packHead(1);
              HostileGitServer.packet(out, head, head.length);
              byte[] commit = {1, (byte) 0x9f, -1, -1, -1, 0x3f};
              HostileGitServer.packet(out, commit, commit.length);
              flood(out, 1);
            });
    try (server) {
      assertThatExceptionOfType(PermanentException.class)
          .isThrownBy(() -> fetch(server))
          .withMessageContaining("Object too large (2,147,483,647 bytes)");
    }
  }

  @Test
  void branchesWithoutEndAreRefused() throws Exception {
    var all = new ByteArrayOutputStream();
    HostileGitServer.packet(all, "# service=git-upload-pack\n");
    all.writeBytes("0000".getBytes(StandardCharsets.US_ASCII));
    HostileGitServer server =
        HostileGitServer.answering(
            out -> {
              HostileGitServer.head(out, "advertisement", "");
              all.writeTo(out);
              for (long i = 0; true; i++) {
                HostileGitServer.packet(
                    out, HostileGitServer.COMMIT + " refs/heads/" + "b".repeat(900) + i + "\n");
              }
            },
            out -> {});
    try (server) {
      GitRemote remote = new GitRemote(server.url(), Optional.empty());
      assertThatExceptionOfType(PermanentException.class)
          .isThrownBy(() -> RemoteHead.of(remote, Optional.of("main")))
          .withMessageEndingWith("127.0.0.1 sent more than 16 MB of names");
    }
  }

  @Test
  void overSshTheSameHolds() throws Exception {
    byte[] noise = new byte[2 * MOST_BYTES];
    new Random(1).nextBytes(noise);
    TestRepository.create(folder.resolve("app"))
        .write("a", HexFormat.of().formatHex(noise))
        .commit("First");
    File realHome = FS.DETECTED.userHome();
    try (SshGitServer server = SshGitServer.serving(folder, folder.resolve("home/.ssh"))) {
      FS.DETECTED.setUserHome(folder.resolve("home").toFile());
      String url = server.url("app/.git");
      GitRemote remote =
          new GitRemote(url, Optional.empty(), Duration.ofMinutes(3), MOST_BYTES, Deadline.NONE);

      assertThatExceptionOfType(PermanentException.class)
          .isThrownBy(
              () -> TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache")))
          .withMessageMatching("could not fetch .*: 127.0.0.1 sent more than 8 MB");
    } finally {
      FS.DETECTED.setUserHome(realHome);
    }
  }

  /** It is never silent for long: headers and body come byte by byte. */
  @Test
  void aServerThatOnlyTricklesIsLeftAndAskedLater() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    HostileGitServer.Script trickle =
        out -> {
          out.write("HTTP/1.1 200 OK\r\nX-More: ".getBytes(StandardCharsets.US_ASCII));
          try {
            while (!gone.await(20, TimeUnit.MILLISECONDS)) {
              out.write('x');
              out.flush();
            }
          } catch (IOException closed) {
            gone.countDown();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (HostileGitServer server = HostileGitServer.answering(trickle, trickle)) {
      GitRemote remote =
          new GitRemote(
              server.url(), Optional.empty(), Duration.ofSeconds(2), MOST_BYTES, Deadline.NONE);
      Path cache = folder.resolve("cache");
      BareRepository.open(cache).close();
      Path kept = Files.createFile(cache.resolve("kept"));

      assertThatExceptionOfType(RetryableException.class)
          .isThrownBy(() -> TargetBranch.fetch(remote, "main", _ -> Set.of("a"), cache))
          .withMessage(
              "could not fetch the branch of " + server.url() + ": 127.0.0.1 took more than 2 s");
      assertThat(kept).exists();
      Await.until(Duration.ofMinutes(1), () -> gone.getCount() == 0);
    }
  }

  @Test
  void aRepositoryOnThisMachineThatTakesTooLongIsNotCalledNull() throws Exception {
    TestRepository source = TestRepository.create(folder.resolve("source"));
    GitRemote remote =
        new GitRemote(
            source.url(), Optional.empty(), Duration.ofMillis(1), MOST_BYTES, Deadline.NONE);
    CountDownLatch never = new CountDownLatch(1);
    try (var local = new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().build()) {
      assertThatExceptionOfType(RetryableException.class)
          .isThrownBy(
              () ->
                  remote.talk(
                      local,
                      "reach",
                      transport -> {
                        try {
                          return never.await(1, TimeUnit.MINUTES);
                        } catch (InterruptedException e) {
                          throw new IOException(e);
                        }
                      }))
          .withMessage("could not reach " + source.url() + ": this machine took more than 0 s");
    }
  }
}
