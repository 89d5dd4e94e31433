package dev.flakerelay.process;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Folders and files for this user alone, whatever the umask: modes 0700 and 0600. What exists is
 * mended; what belongs to another user, or is a symbolic link, is refused, as somebody else may
 * have put it there to read or to lead astray what is written.
 */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private PrivateFiles() {}

  /**
   * Makes a folder, with those above it that are missing, or mends it.
   *
   * @throws FileSystemException with the reason in a user's words, if it can't be had or is refused
   * @throws IOException if it can't be looked at
   */
  public static void folder(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
      } catch (FileAlreadyExistsException e) {
        // Another process was faster, or a file is in the way: both are looked at below.
      }
    }
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(folder)) {
      throw new FileAlreadyExistsException(folder.toString());
    }
    mend(folder, FOLDER);
  }

  /** The same of a folder that a person names: it may be a link, if the link is this user's too. */
  public static Path namedFolder(Path folder) throws IOException {
    if (Files.isSymbolicLink(folder)) {
      requireOwn(folder);
      Path real = folder.toRealPath();
      folder(real);
      return real;
    }
    folder(folder);
    return folder;
  }

  /** Makes a file, or mends it. */
  public static void file(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
      } catch (FileAlreadyExistsException e) {
        // Another process was faster.
      }
    }
    mend(file, FILE);
  }

  /** Mends a folder and all that is in it, if there is one. */
  public static void tree(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    folder(folder);
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            mend(directory, FOLDER);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            // Git makes its objects read-only.
            Set<PosixFilePermission> mode =
                Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
            mode.retainAll(FOLDER);
            mend(file, mode);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // another process cleared it away
            }
            throw failure;
          }
        });
  }

  private static void mend(Path path, Set<PosixFilePermission> mode) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw new FileSystemException(
          path.toString(), null, "it is a symbolic link, which may lead elsewhere: remove it");
    }
    requireOwn(path);
    if (!Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).equals(mode)) {
      Files.setPosixFilePermissions(path, mode);
    }
  }

  private static void requireOwn(Path path) throws IOException {
    if (!isOwn(path)) {
      throw new FileSystemException(
          path.toString(),
          null,
          "it belongs to the user "
              + Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName()
              + ": give it to the one that flake-relay runs as, or name another folder");
    }
  }

  /** Whether something is there and belongs to the user that this process runs as. */
  public static boolean isOwn(Path path) throws IOException {
    try {
      return uid(path).equals(uid(Path.of("/proc", "self", "fd")));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static Object uid(Path path) throws IOException {
    return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }
}
