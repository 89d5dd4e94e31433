package dev.flakerelay.nix;

import dev.flakerelay.RetryableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one run of nix reads and writes, in one folder that is deleted afterwards: the
 * flake, and a store, state and cache of its own.
 */
final class NixFolder implements AutoCloseable {
  private static final String PREFIX = "nix-";

  private final Path folder;

  private NixFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes a folder below {@code work}, and clears away what processes left behind that are no more.
   */
  static NixFolder create(Path work) throws RetryableException {
    try {
      Files.createDirectories(work);
      deleteAbandoned(work);
      String prefix = PREFIX + ProcessHandle.current().pid() + "-";
      // nix shows paths with links resolved, and refuses a store below a link
      return new NixFolder(Files.createTempDirectory(work, prefix).toRealPath());
    } catch (IOException e) {
      throw new RetryableException("could not make a folder for nix in " + work + ": " + e, e);
    }
  }

  /** Writes the flake's files, by their paths relative to its repository's root. */
  void write(Map<String, byte[]> files) throws RetryableException {
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path place = flake().resolve(file.getKey()).normalize();
        if (!place.startsWith(flake())) {
          throw new RetryableException("a file would be written outside its folder: " + place);
        }
        Files.createDirectories(place.resolveSibling("."));
        Files.write(place, file.getValue());
      }
    } catch (IOException e) {
      throw new RetryableException("could not write the flake's files to " + flake() + ": " + e, e);
    }
  }

  Path path() {
    return folder;
  }

  Path flake() {
    return folder.resolve("flake");
  }

  Path output() {
    return folder.resolve("output");
  }

  @Override
  public void close() {
    try {
      delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("could not delete nix's folder " + folder, e);
    }
  }

  private static void deleteAbandoned(Path work) throws IOException {
    try (var folders = Files.newDirectoryStream(work, PREFIX + "*")) {
      for (Path found : folders) {
        String pid = found.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
        if (pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          delete(found);
        }
      }
    }
  }

  /** Deletes a tree; nix takes the write permission from what is in its store. */
  private static void delete(Path tree) throws IOException {
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
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
