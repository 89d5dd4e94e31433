package dev.flakerelay.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A small ext4 file system of its own, which can be full, frozen or read-only while a program works
 * in it. Mounting is for root; where it can't be done, the test is skipped.
 */
public final class TestDisk implements AutoCloseable {
  /** It is never frozen for longer, whatever becomes of the test. */
  private static final int LONGEST_FREEZE = 60;

  private final Path folder;
  private final Path ballast;
  private boolean readOnly;

  private TestDisk(Path folder) {
    this.folder = folder;
    this.ballast = folder.resolve("ballast");
  }

  /** Makes one and mounts it at a folder, which is made. */
  public static TestDisk at(Path folder, int megabytes) throws IOException {
    Programs.need("mkfs.ext4", "fsfreeze", "mount");
    Files.createDirectories(folder);
    Path image = folder.resolveSibling(folder.getFileName() + ".img");
    run("truncate", "-s", megabytes + "M", image.toString());
    run("mkfs.ext4", "-q", "-m", "0", image.toString());
    assumeTrue(
        attempt("mount", "-o", "loop", image.toString(), folder.toString()) == 0,
        "a file system can't be mounted here");
    return new TestDisk(folder);
  }

  /** Fills it to its last byte. */
  public void fill() {
    attempt("dd", "if=/dev/zero", "of=" + ballast, "bs=64K");
    attempt("dd", "if=/dev/zero", "of=" + ballast + "2", "bs=1");
  }

  /** Frees what {@link #fill} took. */
  public void empty() throws IOException {
    Files.delete(ballast);
    Files.deleteIfExists(Path.of(ballast + "2"));
  }

  /** Whoever writes from now on waits. */
  public void freeze() throws IOException {
    new ProcessBuilder("setsid", "sh", "-c", "sleep " + LONGEST_FREEZE + "; fsfreeze -u " + folder)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    run("fsfreeze", "-f", folder.toString());
  }

  /** They need not wait any more. */
  public void thaw() {
    attempt("fsfreeze", "-u", folder.toString());
  }

  /** No file can be opened for writing from now on; those that are open can still be written. */
  public void forbidWriting() {
    readOnly = true;
    run("mount", "--bind", folder.toString(), folder.toString());
    run("mount", "-o", "remount,ro,bind", folder.toString());
  }

  /** Files can be opened again. */
  public void allowWriting() {
    if (readOnly) {
      readOnly = false;
      run("umount", folder.toString());
    }
  }

  private static void run(String... command) {
    Execution.of(Path.of("/"), Map.of("PATH", PATH), new byte[0], List.of(command)).succeeded();
  }

  private static int attempt(String... command) {
    return Execution.of(Path.of("/"), Map.of("PATH", PATH), new byte[0], List.of(command)).exit();
  }

  private static final String PATH = System.getenv("PATH");

  @Override
  public void close() {
    thaw();
    allowWriting();
    attempt("umount", "--lazy", folder.toString());
  }
}
