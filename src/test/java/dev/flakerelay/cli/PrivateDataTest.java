package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Relayed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another user of the machine can read of the data folder, and where it can lead us. */
@Tag("slow")
class PrivateDataTest {
  private static final String OPEN_FOLDER = "rwxrwxrwx";
  private static final String OPEN_FILE = "rw-rw-rw-";

  private final Path folder;
  private final Relayed relayed;
  private final RelayProgram program;

  PrivateDataTest(@TempDir Path folder) {
    this.folder = folder;
    this.relayed = Relayed.create(folder);
    this.program = RelayProgram.in(folder.resolve("relay"));
  }

  @Test
  void nobodyElseReadsAnythingWhateverTheUmask() throws Exception {
    Files.createDirectories(program.data().resolve("queue"));
    Path kept = program.data().resolve("git/target-old/objects/pack");
    Files.createDirectories(kept);
    Files.writeString(kept.resolve("old.pack"), "");
    Files.writeString(program.data().resolve("queue/queue.db"), "");
    open(program.data());
    try (ServeProcess serve = program.serveWithUmask("000", relayed.config())) {
      Revision released = relayed.release("2");
      serve.post("repository_dispatch", Relayed.dispatch(released, "2"));
      assertThat(serve.outcome(released.hex()).path("outcome").asString()).isEqualTo("updated");
      assertThat(program.data().resolve("queue/queue.db-wal")).exists();
      assertThat(readableByOthers(program.data())).isEmpty();
    }
    // The next one finds what this one left as a backup that was put back may have it.
    open(program.data());
    try (ServeProcess _ = program.serveWithUmask("000", relayed.config())) {
      assertThat(readableByOthers(program.data())).isEmpty();
    }
  }

  private static void open(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.toList()) {
        Files.setPosixFilePermissions(
            each,
            PosixFilePermissions.fromString(Files.isDirectory(each) ? OPEN_FOLDER : OPEN_FILE));
      }
    }
  }

  private static List<Path> readableByOthers(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      return all.filter(each -> !mode(each).endsWith("------")).toList();
    }
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(
          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return "gone: ------";
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue", "queue/queue.db", "queue/lock", "nix", "git/x"})
  void aLinkThatLeadsElsewhereIsRefusedInOneLine(String name) throws Exception {
    Path elsewhere = folder.resolve("elsewhere");
    if (name.contains(".") || name.endsWith("lock")) {
      Files.writeString(elsewhere, "precious");
    } else {
      Files.createDirectories(elsewhere);
    }
    Path link = program.data().resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, elsewhere);
    isRefused(link, "symbolic link");
    if (Files.isRegularFile(elsewhere)) {
      assertThat(elsewhere).hasContent("precious");
    } else {
      assertThat(elsewhere).isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "queue/queue.db", "git"})
  void whatBelongsToAnotherUserIsRefusedInOneLine(String name) throws Exception {
    Path foreign = program.data().resolve(name).normalize();
    Files.createDirectories(foreign.getParent());
    if (name.endsWith(".db")) {
      Files.createFile(foreign);
    } else {
      Files.createDirectories(foreign);
    }
    assumeTrue(isGivenAway(foreign), "only root can give a file to another user");
    isRefused(foreign, "belongs to the user");
  }

  private static boolean isGivenAway(Path path) {
    try {
      Files.setAttribute(path, "unix:uid", 65534);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void isRefused(Path what, String why) {
    Execution run =
        program.run(
            "serve",
            "--config",
            relayed.config().toString(),
            "--port",
            "0",
            "--data",
            program.data().toString());
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.errors().lines()).as(run.errors()).hasSize(1);
    assertThat(run.errors()).contains(what.toString(), why).doesNotContain("Exception");
  }

  /** Its owner may keep the data on another disk. */
  @Test
  void theDataFolderItselfMayBeALinkOfItsOwner() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    Files.createDirectories(program.data().getParent());
    Files.createSymbolicLink(program.data(), disk);
    try (ServeProcess serve = program.serve(relayed.config())) {
      assertThat(serve.health()).isEqualTo(200);
      assertThat(disk.resolve("queue/queue.db")).exists();
      assertThat(readableByOthers(disk)).isEmpty();
    }
  }
}
