package dev.flakerelay.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * How much a folder holds.
 *
 * @param bytes the sizes of all files
 * @param files how many files and folders
 */
public record FolderSize(long bytes, int files) {

  /** Counts while somebody else writes: what vanishes meanwhile is not counted. */
  public static FolderSize of(Path folder) throws IOException {
    Count count = new Count();
    Files.walkFileTree(folder, count);
    return new FolderSize(count.bytes, count.files);
  }

  private static final class Count extends SimpleFileVisitor<Path> {
    private long bytes;
    private int files;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      bytes += attributes.size();
      files++;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException vanished) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException vanished) {
      files++;
      return FileVisitResult.CONTINUE;
    }
  }
}
