package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import dev.flakerelay.process.ScratchFolder;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Everything that one run of nix reads and writes, in one folder that is deleted afterwards: the
 * flake, and a store, state and cache of its own.
 */
final class NixFolder implements AutoCloseable {
  private final ScratchFolder scratch;

  NixFolder(Path work) throws IOException {
    this.scratch = ScratchFolder.create(work);
  }

  /** What to tell a person if no folder can be made in {@code work}. */
  static String trouble(Path work, FileSystemException e) {
    String why =
        switch (e) {
          case AccessDeniedException _ -> "this user may not write there";
          case FileAlreadyExistsException _ -> "something else is in its place";
          default -> String.valueOf(e.getReason());
        };
    return "could not make the folder " + work + ": " + why + ": name another data folder";
  }

  /**
   * Writes the flake's files, by their paths relative to its repository's root.
   *
   * @throws PermanentException if a path leads out of the folder
   */
  void write(Map<String, byte[]> files) throws IOException, PermanentException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path place = flake().resolve(file.getKey()).normalize();
      if (!place.startsWith(flake())) {
        throw new PermanentException(
            "could not write the target's file `"
                + file.getKey()
                + "`: its path leads out of the repository; remove it there");
      }
      Files.createDirectories(place.resolveSibling("."));
      Files.write(place, file.getValue());
    }
  }

  Path path() {
    return scratch.path();
  }

  Path flake() {
    return path().resolve("flake");
  }

  /**
   * The flake as a URL, for nix that runs in this folder: nix can't read an absolute path with a
   * space or a {@code #} in it, and reads these in {@code dir} only if they are escaped.
   */
  String url(String directory) {
    String url = "path:./" + path().relativize(flake());
    // A form writes a space as a plus, which nix takes for one.
    String dir = URLEncoder.encode(directory, StandardCharsets.UTF_8).replace("+", "%20");
    return directory.equals(".") ? url : url + "?dir=" + dir;
  }

  Path output() {
    return path().resolve("output");
  }

  @Override
  public void close() {
    scratch.close();
  }
}
