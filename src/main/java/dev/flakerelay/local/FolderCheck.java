package dev.flakerelay.local;

import dev.flakerelay.FailureText;
import dev.flakerelay.local.status.StatusMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks whether files can be made in a folder. SQLite goes on writing to those that it has open,
 * when the folder has become read-only.
 */
record FolderCheck(Path folder) implements StatusMonitor.Check {
  @Override
  public Optional<String> trouble() {
    try {
      Files.delete(Files.createTempFile(folder, "probe", null));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "Tried to make a file in the data folder "
              + folder
              + " but failed because: "
              + FailureText.of(e)
              + ": make it writable, and see that the disk has space");
    }
  }
}
