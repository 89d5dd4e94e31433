package dev.flakerelay.lock.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Deadline;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.GitCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What git does not write into an archive is refused, and left to nix. */
class RefusedArchiveTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "--format=ustar a b, two files at the top, is of one file",
    "--format=gnu top, another format, another kind of tar",
    "--format=pax top, times in pax headers, a pax header `",
    "--format=ustar --mtime=@1 top top/a, the same path twice, an entry of the type `1`",
    "'--format=ustar --transform=s,top/a,top/../a, top', a step up, `..`",
    "'--format=ustar --transform=s,top/a,top/.GIT, top', Git's own folder, Git keeps for itself",
    "'--format=ustar --transform=s,top/a,top/b/c, top', a file in no folder, before the folder",
    "--format=ustar top/a, one file, not everything in one folder"
  })
  void isRefused(String arguments, String what, String why) throws Exception {
    Path top = Files.createDirectories(folder.resolve("top"));
    Files.writeString(top.resolve("a"), "a");
    Files.writeString(folder.resolve("a"), "a");
    Files.writeString(folder.resolve("b"), "b");

    assertThatThrownBy(() -> read(tar(arguments), 1 << 20))
        .as(what)
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aHardLinkIsRefused() throws Exception {
    Path top = Files.createDirectories(folder.resolve("top"));
    Files.createLink(top.resolve("b"), Files.writeString(top.resolve("a"), "a"));

    assertThatThrownBy(() -> read(tar("--format=ustar top"), 1 << 20))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("type `1`");
  }

  @Test
  void moreBytesThanMayBeAreRefusedBeforeTheyAreKept() throws Exception {
    Files.write(Files.createDirectories(folder.resolve("top")).resolve("a"), new byte[4 << 20]);

    assertThatThrownBy(() -> read(tar("--format=ustar top"), 1 << 20))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("bytes");
  }

  @Test
  void anArchiveThatIsCutOffOrDamagedIsRefused() throws Exception {
    Files.writeString(
        Files.createDirectories(folder.resolve("top")).resolve("a"), "a".repeat(9_000));
    byte[] whole = Files.readAllBytes(tar("--format=ustar top"));

    for (int length : List.of(5, whole.length / 2, whole.length - 4)) {
      Path part = Files.write(folder.resolve("part"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> read(part, 1 << 20)).isInstanceOf(IOException.class);
    }
    whole[whole.length - 6] ^= 1; // of the checksum
    Path damaged = Files.write(folder.resolve("damaged"), whole);
    assertThatThrownBy(() -> read(damaged, 1 << 20)).isInstanceOf(IOException.class);
    assertThat(folder.resolve("work")).isEmptyDirectory();
  }

  private Path tar(String arguments) {
    Path file = folder.resolve("archive.tar.gz");
    List<String> command = new ArrayList<>(List.of("tar", "-czf", file.toString()));
    command.addAll(List.of(arguments.split(" ", -1)));
    Execution.of(folder, GitCommand.cleanEnvironment(), new byte[0], command).succeeded();
    return file;
  }

  private void read(Path archive, long mostBytes) throws Exception {
    Deadline.Computation computation = Deadline.NONE.computation("could not read");
    try (InputStream in = Files.newInputStream(archive);
        ArchiveTree tree = ArchiveTree.read(in, folder.resolve("work"), mostBytes, computation)) {
      tree.narHash();
    }
  }
}
