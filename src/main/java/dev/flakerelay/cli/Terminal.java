package dev.flakerelay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Whether somebody looks on. */
final class Terminal {
  private static final Pattern DEVICE = Pattern.compile("/dev/(pts/\\d+|tty.*|console)");

  private Terminal() {}

  /**
   * Whether stderr is a terminal. {@link System#console} would tell that of stdin and stdout, and a
   * log that is sent to a file is none to look at.
   */
  static boolean isStderr() {
    return is(Path.of("/proc/self/fd/2"));
  }

  /** Whether the terminal that this process was started on is closed. */
  static boolean isGone() {
    try (var _ = Files.newInputStream(Path.of("/dev/tty"))) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  static boolean is(Path link) {
    try {
      return DEVICE.matcher(Files.readSymbolicLink(link).toString()).matches();
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
