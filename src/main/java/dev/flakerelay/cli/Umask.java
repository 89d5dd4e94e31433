package dev.flakerelay.cli;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process does not grant on what it makes ("umask(2)", Linux manual). */
final class Umask {
  private static final int NOTHING_TO_OTHERS = 0077;

  /** "proc_pid_status(5)", Linux manual. */
  private static final Path STATUS = Path.of("/proc/self/status");

  private Umask() {}

  /**
   * From now on, libraries too make files and folders for this user alone. {@code ./relay} has seen
   * to that; a system call by Java takes 100 ms at the start of a process.
   */
  static void forThisUserAlone() {
    if (!isSet()) {
      set();
    }
  }

  private static boolean isSet() {
    try {
      return Files.readString(STATUS).contains("Umask:\t0077\n");
    } catch (IOException e) {
      return false;
    }
  }

  // The one call takes and gives an int; the jar's manifest enables native access.
  @SuppressWarnings("restricted")
  private static void set() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor signature =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    try {
      var _ =
          (int)
              linker
                  .downcallHandle(linker.defaultLookup().findOrThrow("umask"), signature)
                  .invokeExact(NOTHING_TO_OTHERS);
    } catch (Throwable e) {
      throw new IllegalStateException("umask can't be set", e);
    }
  }
}
