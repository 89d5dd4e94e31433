package dev.flakerelay.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder that lives as long as one piece of work. What a killed process left behind is cleared
 * away when the next one makes its own: the name says which process it belongs to.
 */
public final class ScratchFolder implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("scratch-(\\d{1,18})-(\\d{1,18})-.*");

  private final Path folder;

  private ScratchFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes a folder below {@code parent}, which is made if it is missing.
   *
   * @throws IOException if that can't be done
   */
  public static ScratchFolder create(Path parent) throws IOException {
    PrivateFiles.folder(parent);
    deleteAbandoned(parent);
    ProcessHandle self = ProcessHandle.current();
    String prefix = "scratch-" + self.pid() + "-" + startOf(self) + "-";
    return new ScratchFolder(Files.createTempDirectory(parent, prefix).toRealPath());
  }

  /** The folder, without symbolic links in its path. */
  public Path path() {
    return folder;
  }

  @Override
  public void close() {
    try {
      delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("could not delete " + folder, e);
    }
  }

  /**
   * Deletes a file tree, also one that is read-only, as nix's store is. Links are deleted, not
   * followed.
   *
   * @throws IOException if something could not be deleted
   */
  public static void delete(Path tree) throws IOException {
    if (Files.notExists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // another process clears the same away
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void deleteAbandoned(Path parent) throws IOException {
    try (var found = Files.newDirectoryStream(parent, "scratch-*")) {
      for (Path folder : found) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (name.matches()
            && PrivateFiles.isOwn(folder)
            && !isAlive(name.group(1), name.group(2))) {
          deleteAbandonedFolder(folder);
        }
      }
    }
  }

  private static void deleteAbandonedFolder(Path folder) {
    try {
      Orphans.endIn(folder.toRealPath());
      delete(folder);
    } catch (IOException e) {
      // It is in nobody's way, and the next one tries again.
    }
  }

  private static boolean isAlive(String pid, String start) {
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
    return process.isPresent() && startOf(process.get()) == Long.parseLong(start);
  }

  /**
   * Process ids come again, in a container even often; together with the start they don't. Linux
   * counts that from its own start ("proc_pid_stat" in its manual pages); elsewhere it is a time,
   * and another one once the clock was set.
   */
  private static long startOf(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      // The second field is a name in parentheses, which may hold anything; the start is the 22nd.
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
    } catch (IOException noLinux) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
  }
}
