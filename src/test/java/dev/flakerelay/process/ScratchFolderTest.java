package dev.flakerelay.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchFolderTest {
  @TempDir private Path parent;

  /**
   * Two processes that share a folder took each other for dead when the clock was set between their
   * starts: the start of a process, as a time, was then another one for each of them.
   */
  @Test
  void theFolderOfARunningProcessIsLeftAloneWhateverTheClockSays() throws Exception {
    Path stats = Path.of("/proc");
    assumeTrue(Files.exists(stats.resolve("self/stat")), "only Linux tells without a clock");
    Process other = new ProcessBuilder("sleep", "300").start();
    try {
      String stat = Files.readString(stats.resolve(other.pid() + "/stat"));
      String sinceBoot = stat.split(" ", -1)[21];
      Path busy = parent.resolve("scratch-" + other.pid() + "-" + sinceBoot + "-x");
      Files.createDirectory(busy);

      ScratchFolder.create(parent).close();
      assertThat(busy).exists();

      other.destroyForcibly().waitFor();
      ScratchFolder.create(parent).close();
      assertThat(busy).doesNotExist();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void aFolderIsNamedAfterItsProcess() throws Exception {
    try (ScratchFolder first = ScratchFolder.create(parent);
        ScratchFolder second = ScratchFolder.create(parent)) {
      assertThat(first.path()).exists();
      assertThat(second.path().getFileName().toString())
          .startsWith("scratch-" + ProcessHandle.current().pid() + "-");
    }
    assertThat(parent).isEmptyDirectory();
  }
}
