package dev.flakerelay.cli.demo;

import dev.flakerelay.process.PrivateFiles;
import dev.flakerelay.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder in the temporary folder with a name short enough to be read, {@code relay-demo-} and the
 * process's id; deleted when it is closed, or the process is stopped by a signal. What a killed
 * demo left is cleared away by the next one.
 *
 * @param cleaner deletes it when the process is stopped
 */
record DemoFolder(Path path, Thread cleaner) implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("relay-demo-(\\d{1,18})(-.*)?");

  /** Makes it, for this user only. */
  static DemoFolder create(Path parent) throws IOException {
    clearAway(parent);
    String name = "relay-demo-" + ProcessHandle.current().pid();
    Path folder = create(parent.toRealPath(), name);
    Thread cleaner = new Thread(() -> cleanUp(folder), "cleaner");
    Runtime.getRuntime().addShutdownHook(cleaner);
    return new DemoFolder(folder, cleaner);
  }

  private static Path create(Path parent, String name) throws IOException {
    FileAttribute<?> mode =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    try {
      return Files.createDirectory(parent.resolve(name), mode);
    } catch (FileAlreadyExistsException e) {
      // Another user may have taken all these names.
      return Files.createTempDirectory(parent, name + "-", mode);
    }
  }

  /**
   * On Ctrl-C and SIGTERM, while the demo goes on: until nothing new is there, or for some seconds.
   */
  private static void cleanUp(Path folder) {
    Instant end = Instant.now().plusSeconds(5);
    while (Files.exists(folder) && Instant.now().isBefore(end)) {
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
      try {
        ScratchFolder.delete(folder);
      } catch (IOException e) {
        // Something was put there meanwhile: once more.
      }
    }
  }

  private static void clearAway(Path parent) throws IOException {
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, "relay-demo-*")) {
      for (Path folder : found) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (name.matches() && PrivateFiles.isOwn(folder)) {
          long process = Long.parseLong(name.group(1));
          if (process == self || ProcessHandle.of(process).isEmpty()) {
            deleteIfOurs(folder);
          }
        }
      }
    }
  }

  private static void deleteIfOurs(Path folder) {
    try {
      ScratchFolder.delete(folder);
    } catch (IOException e) {
      // Another user's, who will clear it away.
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      return; // it is at work
    }
    ScratchFolder.delete(path);
  }
}
