package dev.flakerelay.git;

import dev.flakerelay.RetryableException;
import dev.flakerelay.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A bare repository below the work directory that keeps what was fetched for the next time. It is a
 * cache and nothing more: one that is broken, overgrown or in another process's hands is replaced
 * by a new one.
 */
final class BareRepository implements AutoCloseable {
  /**
   * Every fetch and push leaves a pack behind; past this many a new start is cheaper than
   * housekeeping.
   */
  private static final int MOST_PACKS = 100;

  private final Path folder;
  private final @Nullable ScratchFolder scratch;
  private final FileChannel lockFile;
  private final @Nullable FileLock lock;
  private final Repository repository;
  private boolean discarded;

  private BareRepository(
      Path folder,
      @Nullable ScratchFolder scratch,
      FileChannel lockFile,
      @Nullable FileLock lock,
      Repository repository) {
    this.folder = folder;
    this.scratch = scratch;
    this.lockFile = lockFile;
    this.lock = lock;
    this.repository = repository;
  }

  /**
   * Opens the cache in {@code folder}, makes it if it is missing, or makes a throw-away one beside
   * it while another process uses it.
   */
  static BareRepository open(Path folder) throws RetryableException {
    GitSetup.apply();
    try {
      Files.createDirectories(folder.resolveSibling("."));
      FileChannel lockFile =
          FileChannel.open(
              folder.resolveSibling(folder.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock lock = tryLock(lockFile);
      if (lock == null) {
        ScratchFolder scratch = ScratchFolder.create(folder.resolveSibling("busy"));
        Repository repository = openOrCreate(scratch.path());
        return new BareRepository(scratch.path(), scratch, lockFile, null, repository);
      }
      if (isOvergrown(folder)) {
        ScratchFolder.delete(folder);
      }
      return new BareRepository(folder, null, lockFile, lock, openOrCreate(folder));
    } catch (IOException e) {
      throw new RetryableException("could not open the Git cache " + folder + ": " + e, e);
    }
  }

  Repository repository() {
    return repository;
  }

  /** The commit that a ref was fetched to. */
  RevCommit commitAt(String ref) throws IOException {
    Ref found = repository.exactRef(ref);
    ObjectId id = found == null ? null : found.getObjectId();
    if (id == null) {
      throw new IOException("the fetch left no " + ref);
    }
    try (RevWalk walk = new RevWalk(repository)) {
      return walk.parseCommit(id);
    }
  }

  /**
   * Says that something is wrong with the cache: it is deleted when it is closed, and the next one
   * starts anew.
   */
  void discard() {
    discarded = true;
  }

  @Override
  public void close() {
    repository.close();
    try {
      if (discarded) {
        ScratchFolder.delete(folder);
      }
      if (scratch != null) {
        scratch.close();
      }
      if (lock != null) {
        lock.release();
      }
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("could not release the Git cache " + folder, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  private static boolean isOvergrown(Path folder) throws IOException {
    Path packs = folder.resolve("objects/pack");
    if (!Files.isDirectory(packs)) {
      return false;
    }
    try (var files = Files.list(packs)) {
      return files.filter(file -> file.toString().endsWith(".pack")).count() > MOST_PACKS;
    }
  }

  private static Repository openOrCreate(Path folder) throws IOException {
    Repository repository =
        new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().build();
    if (!((FileRepository) repository).getObjectDatabase().exists()) {
      repository.create(true);
    }
    return repository;
  }
}
