package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What differs between two revisions, asked of real Git servers. */
class ChangedPathsTest {
  @TempDir Path folder;
  private TestRepository source;
  private Revision first;

  @BeforeEach
  void commitFirst() {
    source = TestRepository.create(folder.resolve("server/source"));
    source.write("src/a.c", "a\n").write("docs/a.md", "a\n").write("docs/b.md", "b\n");
    first = source.executable("run", "#!/bin/sh\n").commit("First");
  }

  private Set<String> paths(GitRemote remote, Revision before, Revision after) throws JobException {
    Set<String> paths = new TreeSet<>();
    boolean found =
        ChangedPaths.any(
            remote, folder.resolve("scratch"), before, after, path -> !paths.add(path));
    assertThat(found).isFalse();
    assertThat(folder.resolve("scratch")).isEmptyDirectory();
    return paths;
  }

  private GitRemote onThisMachine() throws PermanentException {
    return new GitRemote(source.url(), Optional.empty());
  }

  @Test
  void whatIsAddedChangedDeletedMovedOrHasAnotherModeIsNamed() throws Exception {
    source.git("mv", "docs/a.md", "docs/ä b.md");
    source.git("rm", "--quiet", "docs/b.md");
    source.git("update-index", "--chmod=-x", "run");
    source.git("commit", "--quiet", "--message", "Moves");
    source.git("checkout", "--quiet", "--", ".");
    source.symlink("link", "src/a.c").submodule("lib", "https://example.org/lib", first);
    source.write("docs/b.md/now-a-folder", "\n");
    Revision last = source.commit("More");

    Set<String> expected =
        Set.of(
            ".gitmodules",
            "docs/a.md",
            "docs/b.md",
            "docs/b.md/now-a-folder",
            "docs/ä b.md",
            "lib",
            "link",
            "run");
    assertThat(paths(onThisMachine(), first, last)).isEqualTo(expected);
    assertThat(paths(onThisMachine(), last, first)).isEqualTo(expected);
    assertThat(paths(onThisMachine(), last, last)).isEmpty();
    assertThat(
            ChangedPaths.any(
                onThisMachine(), folder.resolve("scratch"), first, last, "link"::equals))
        .isTrue();
  }

  @Test
  void overHttpFoldersAreFetchedAndNoFiles() throws Exception {
    source.commitBulk(3_000, "Many files");
    byte[] noise = new byte[1 << 20];
    new Random(1).nextBytes(noise);
    source.write("large.txt", HexFormat.of().formatHex(noise));
    Revision before = source.commit("A large file");
    source.write("docs/a.md", "b\n").commit("Docs");
    Revision after = source.write("docs/b.md", "a\n").commit("More docs");
    try (GitHttpServer server = GitHttpServer.serving(folder.resolve("server"))) {
      String url = server.url("source/.git");
      GitRemote remote =
          new GitRemote(url, Optional.empty(), Duration.ofMinutes(3), 1 << 19, Deadline.NONE);
      assertThat(paths(remote, before, after)).containsExactly("docs/a.md", "docs/b.md");
    }
  }

  /** A forced push leaves commits behind that no branch leads to; servers keep them for a while. */
  @Test
  void whatABranchWasAtBeforeAForcedPushIsComparedAsLongAsTheServerHasIt() throws Exception {
    Revision lost = source.write("docs/a.md", "lost\n").commit("Lost");
    source.git("reset", "--quiet", "--hard", first.hex());
    Revision now = source.write("docs/b.md", "now\n").commit("Now");
    try (GitHttpServer server = GitHttpServer.serving(folder.resolve("server"))) {
      GitRemote remote = new GitRemote(server.url("source/.git"), Optional.empty());
      assertThat(paths(remote, lost, now)).containsExactly("docs/a.md", "docs/b.md");
      source.git("reflog", "expire", "--expire=now", "--all");
      source.git("gc", "--quiet", "--prune=now");
      assertThatThrownBy(() -> paths(remote, lost, now)).isInstanceOf(NotThereException.class);
    }
    assertThatThrownBy(() -> paths(onThisMachine(), lost, now))
        .isInstanceOf(NotThereException.class);
  }

  @Test
  void aServerInTroubleIsAskedAgainLater() throws Exception {
    try (GitHttpServer server = GitHttpServer.serving(folder.resolve("server"))) {
      server.failNext(9, "/source", Fault.status(503));
      GitRemote remote = new GitRemote(server.url("source/.git"), Optional.empty());
      assertThatThrownBy(() -> paths(remote, first, first)).isInstanceOf(RetryableException.class);
    }
    assertThat(folder.resolve("scratch")).isEmptyDirectory();
  }
}
