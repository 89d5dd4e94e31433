package dev.flakerelay.git.cache;

import dev.flakerelay.FailureText;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.git.CommitObject;
import dev.flakerelay.git.GitFailure;
import dev.flakerelay.git.GitSetup;
import dev.flakerelay.process.PrivateFiles;
import dev.flakerelay.process.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A bare repository below the work directory that keeps what was fetched for the next time. It is a
 * cache and nothing more: one that is broken, overgrown or in another process's hands is replaced
 * by a new one.
 */
public final class BareRepository implements AutoCloseable {
  private final Path folder;
  private final @Nullable ScratchFolder scratch;
  private final FileChannel lockFile;
  private final @Nullable FileLock lock;
  private final Repository repository;
  private final boolean warm;
  private boolean discarded;

  private BareRepository(
      Path folder,
      @Nullable ScratchFolder scratch,
      FileChannel lockFile,
      @Nullable FileLock lock,
      Repository repository,
      boolean warm) {
    this.folder = folder;
    this.scratch = scratch;
    this.lockFile = lockFile;
    this.lock = lock;
    this.repository = repository;
    this.warm = warm;
  }

  /**
   * Opens the cache in {@code folder}, makes it if it is missing or can't be opened, or makes a
   * throw-away one beside it while another process uses it.
   */
  public static BareRepository open(Path folder) throws RetryableException {
    GitSetup.apply();
    try {
      PrivateFiles.folder(folder.toAbsolutePath().resolveSibling(".").normalize());
      FileChannel lockFile =
          FileChannel.open(
              folder.resolveSibling(folder.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      try {
        return open(folder, lockFile);
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
    } catch (IOException e) {
      throw new RetryableException(
          "could not open the Git cache " + folder + ": " + FailureText.of(e), e);
    }
  }

  private static BareRepository open(Path folder, FileChannel lockFile) throws IOException {
    FileLock lock = tryLock(lockFile);
    if (lock == null) {
      ScratchFolder scratch = ScratchFolder.create(folder.resolveSibling("busy"));
      Repository repository = new CacheFolder(scratch.path()).openOrCreate();
      return new BareRepository(scratch.path(), scratch, lockFile, null, repository, false);
    }
    CacheFolder cache = new CacheFolder(folder);
    cache.tidy();
    boolean warm = Files.exists(folder);
    try {
      return new BareRepository(folder, null, lockFile, lock, cache.openOrCreate(), warm);
    } catch (IOException | RuntimeException broken) {
      ScratchFolder.delete(folder);
      return new BareRepository(folder, null, lockFile, lock, cache.openOrCreate(), false);
    }
  }

  /** Whether something was kept here before. */
  boolean isWarm() {
    return warm;
  }

  public Repository repository() {
    return repository;
  }

  /** The commit that a ref was fetched to. */
  public RevCommit commitAt(String ref) throws IOException, PermanentException {
    Ref found = repository.exactRef(ref);
    ObjectId id = found == null ? null : found.getObjectId();
    if (id == null) {
      throw new IOException("the fetch left no " + ref);
    }
    return CommitObject.parse(repository, id);
  }

  /**
   * The same objects behind a repository that has no refs. A fetch into it tells the server of
   * nothing that is here already: of a commit that is, a server would take all files to be here,
   * too, and send none.
   */
  public Repository withoutRefs() throws IOException {
    Path beside = Files.createDirectories(folder.resolve("without-refs"));
    return new CacheRepository(
        new FileRepositoryBuilder()
            .setGitDir(beside.toFile())
            .setObjectDirectory(folder.resolve("objects").toFile())
            .setBare());
  }

  /**
   * Looks at a failure: if the cache may be its cause, it is deleted when it is closed, and the
   * next one starts anew.
   *
   * @return whether that is so
   */
  public boolean blame(Exception failure) {
    boolean guilty = !GitFailure.cameFromOutside(failure);
    discarded |= guilty;
    return guilty;
  }

  @Override
  public void close() {
    repository.close();
    try (lockFile;
        lock) {
      if (discarded) {
        ScratchFolder.delete(folder);
      }
      if (scratch != null) {
        scratch.close();
      }
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
}
