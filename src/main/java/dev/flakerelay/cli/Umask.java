package dev.flakerelay.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** What this process does not grant on what it makes ("umask(2)", Linux manual). */
final class Umask {
  private static final int NOTHING_TO_OTHERS = 0077;

  private Umask() {}

  /** From now on, libraries too make files and folders for this user alone. */
  // The one call takes and gives an int; the jar's manifest enables native access.
  @SuppressWarnings("restricted")
  static void forThisUserAlone() {
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
