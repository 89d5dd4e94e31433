package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A flake's files, which a stranger may have made: what leads out of them is not followed, be it by
 * a path or by a symbolic link.
 */
final class SourceTree {
  private final Path root;
  private final Path flake;
  private final String name;

  /**
   * A tree.
   *
   * @param root where it is
   * @param directory where flake.nix is in it
   * @param name for messages
   * @throws PermanentException if that is not within the tree
   */
  SourceTree(Path root, String directory, String name) throws IOException, PermanentException {
    this.root = root.toRealPath();
    this.name = name;
    this.flake = within(directory);
  }

  /**
   * A file of the flake, after all symbolic links.
   *
   * @return empty if there is none
   * @throws PermanentException if it is elsewhere, or no file
   */
  Optional<Path> file(String file) throws IOException, PermanentException {
    return regular(flake.resolve(file), file);
  }

  /** The same for a file of the whole tree. */
  Optional<Path> rootFile(String file) throws IOException, PermanentException {
    return regular(root.resolve(file), file);
  }

  private Optional<Path> regular(Path place, String file) throws IOException, PermanentException {
    Optional<Path> real = real(place, file);
    if (real.isPresent() && !Files.isRegularFile(real.get())) {
      throw new PermanentException("the " + file + " of " + name + " is not a file");
    }
    return real;
  }

  /** A path of the tree, relative to its root. */
  Path relative(Path file) {
    return root.relativize(file);
  }

  /** The flake's folder, relative to the tree's root. */
  String folder() {
    return root.relativize(flake).toString();
  }

  /**
   * Refuses a path, relative to that of flake.nix, that leads out of the tree.
   *
   * @param path as a relative reference has it
   */
  void keepInside(String path) throws IOException, PermanentException {
    real(within(root.relativize(flake).resolve(parsed(path)).toString()), "path:" + path);
  }

  private Path within(String path) throws PermanentException {
    Path place = root.resolve(parsed(path)).normalize();
    if (!place.startsWith(root)) {
      throw leadsOut("path:" + path);
    }
    return place;
  }

  private Path parsed(String path) throws PermanentException {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw new PermanentException(name + " has a path that can't be: " + e.getReason(), e);
    }
  }

  private Optional<Path> real(Path place, String called) throws IOException, PermanentException {
    try {
      Path real = place.toRealPath();
      if (!real.startsWith(root)) {
        throw leadsOut(called);
      }
      return Optional.of(real);
    } catch (NoSuchFileException e) {
      if (!place.equals(root)) {
        real(Objects.requireNonNull(place.getParent()), called);
      }
      return Optional.empty();
    } catch (FileSystemException e) {
      // Links that lead to each other, or a file in place of a folder.
      throw new PermanentException("could not open " + called + " of " + name, e);
    }
  }

  private PermanentException leadsOut(String called) {
    return new PermanentException(name + " asks for " + called + ", which leads out of its source");
  }
}
