package dev.flakerelay.local.sqlite;

import dev.flakerelay.FailureText;
import dev.flakerelay.process.PrivateFiles;
import dev.flakerelay.queue.QueueUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder that belongs to one process: held by a lock on the file {@code lock} in it, which the
 * operating system releases when the process ends, however it ends.
 */
final class DataFolder implements AutoCloseable {
  // POSIX drops all of a process's locks on a file as soon as it closes any descriptor of that
  // file: within this process a second opening must be refused before it touches the file.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lockFile;

  private DataFolder(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the folder if it is missing, and takes it.
   *
   * @throws QueueUnavailableException if it can't be made or written, or is in use
   */
  static DataFolder take(Path folder) throws QueueUnavailableException {
    try {
      PrivateFiles.folder(folder);
      Path path = folder.toRealPath();
      if (!HELD.add(path)) {
        throw inUse(folder);
      }
      @Nullable FileChannel lockFile = null;
      try {
        lockFile = lock(path.resolve("lock"));
      } finally {
        if (lockFile == null) {
          HELD.remove(path);
        }
      }
      if (lockFile == null) {
        throw inUse(folder);
      }
      return new DataFolder(path, lockFile);
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? e.toString() : e.getFile() + ": " + e.getReason();
      throw new QueueUnavailableException(
          "Tried to use the data folder " + folder + " but failed because: " + reason, e);
    } catch (IOException e) {
      throw new QueueUnavailableException(
          "Tried to use the data folder " + folder + " but failed because: " + FailureText.of(e),
          e);
    }
  }

  private static @Nullable FileChannel lock(Path file) throws IOException {
    PrivateFiles.file(file);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    if (channel.tryLock() != null) {
      return channel;
    }
    channel.close();
    return null;
  }

  private static QueueUnavailableException inUse(Path folder) {
    return new QueueUnavailableException(
        "The data folder "
            + folder
            + " is in use by another flake-relay: stop that one, or give this one its own folder");
  }

  /** The folder, without symbolic links. */
  Path path() {
    return path;
  }

  /** Lets the next one have it. */
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      // The lock ends with the process at the latest, and nothing was written to the file.
    }
    HELD.remove(path);
  }
}
