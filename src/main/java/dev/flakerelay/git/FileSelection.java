package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import java.util.Map;
import java.util.Set;

/** Chooses files by path; asked again once those are read, as they may name others. */
@FunctionalInterface
public interface FileSelection {
  /**
   * Every path that is known to be needed.
   *
   * @param read contents by path, of those that exist
   * @throws PermanentException if that would be more than is sane
   */
  Set<String> after(Map<String, byte[]> read) throws PermanentException;
}
