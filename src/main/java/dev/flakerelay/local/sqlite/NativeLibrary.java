package dev.flakerelay.local.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library without leaving it behind.
 *
 * <p>The driver unpacks 1 MB into the temporary folder and deletes it when the process ends, but
 * not when it is killed. Given a folder of our own, what a killed process left there is deleted
 * first, and what this one unpacked as soon as it is loaded. Who sets {@code org.sqlite.tmpdir},
 * for example because the data folder is on a disk that is mounted {@code noexec}, gets the
 * driver's own behaviour there.
 */
final class NativeLibrary {
  private static final String UNPACK_TO = "org.sqlite.tmpdir";

  private NativeLibrary() {}

  /**
   * Loads the library, once in a process.
   *
   * @param folder where to unpack it; made if it is missing, empty afterwards
   * @throws IOException if it can't be unpacked or loaded
   */
  static synchronized void load(Path folder) throws IOException {
    if (System.getProperty(UNPACK_TO) != null) {
      return;
    }
    Files.createDirectories(folder);
    clear(folder);
    System.setProperty(UNPACK_TO, folder.toString());
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception e) {
      throw new IOException(
          "SQLite's native library can't be loaded from "
              + folder
              + " (is that disk mounted noexec? then set -D"
              + UNPACK_TO
              + "): "
              + e,
          e);
    } finally {
      System.clearProperty(UNPACK_TO);
      clear(folder);
    }
  }

  private static void clear(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        // The driver sweeps up after itself too, in a thread of its own.
        Files.deleteIfExists(file);
      }
    }
  }
}
