package dev.flakerelay.git.cache;

import dev.flakerelay.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * The folder of a bare repository that is kept between jobs, and what is done to keep it small.
 *
 * @param path where it is, or is going to be
 */
public record CacheFolder(Path path) {
  /**
   * Every fetch and push leaves a pack behind; past this many a new start is cheaper than
   * housekeeping.
   */
  private static final int MOST_PACKS = 100;

  /** A server may fill the disk in small parts, too. */
  private static final long MOST_BYTES = 1L << 30;

  /** JGit's names for files that it has not given their own name yet. */
  private static final String UNFINISHED = "{incoming_,insert_,noz}*";

  /** Deletes a repository that has become too large, and what a killed process left in one. */
  void tidy() throws IOException {
    if (isOvergrown()) {
      ScratchFolder.delete(path);
    }
    deleteUnfinished();
  }

  private boolean isOvergrown() throws IOException {
    Path packs = path.resolve("objects/pack");
    if (!Files.isDirectory(packs)) {
      return false;
    }
    long packed = 0;
    int number = 0;
    try (var files = Files.newDirectoryStream(packs, "*.pack")) {
      for (Path file : files) {
        number++;
        packed += Files.size(file);
      }
    }
    return number > MOST_PACKS || packed > MOST_BYTES;
  }

  /** What a process that was killed in the middle of a fetch left: it may be large. */
  private void deleteUnfinished() throws IOException {
    Path objects = path.resolve("objects");
    if (Files.isDirectory(objects)) {
      try (var files = Files.newDirectoryStream(objects, UNFINISHED)) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Opens the repository, or makes an empty one. */
  public Repository openOrCreate() throws IOException {
    FileRepository repository =
        new CacheRepository(new FileRepositoryBuilder().setGitDir(path.toFile()).setBare());
    if (!repository.getObjectDatabase().exists()) {
      repository.create(true);
    }
    return repository;
  }
}
