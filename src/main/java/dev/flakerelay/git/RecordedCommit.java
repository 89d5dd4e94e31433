package dev.flakerelay.git;

import dev.flakerelay.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A commit as it stands in a branch's history.
 *
 * @param id the commit
 * @param time when it was committed
 * @param message the whole message
 * @param parents how many parents it has
 * @param differences what differs from its first parent, by path, as far as that can be seen
 * @param excess that it changed more than can be looked at, as in {@code it touches …}
 * @param unseen why what it changed can't be seen here; empty if it can
 */
public record RecordedCommit(
    Revision id,
    Instant time,
    String message,
    int parents,
    List<Difference> differences,
    Optional<String> excess,
    Optional<String> unseen) {

  /**
   * A path whose entry differs.
   *
   * @param path from the repository's root
   * @param modeBefore as {@code git ls-tree} shows it, 0 if there was nothing
   * @param modeAfter the same after the commit
   * @param before the object, if there was one
   * @param after the object, if there is one
   */
  public record Difference(
      String path,
      int modeBefore,
      int modeAfter,
      Optional<Revision> before,
      Optional<Revision> after) {
    private static final int REGULAR_FILE = 0100000;
    private static final int SUBMODULE = 0160000;
    private static final int TYPE = 0170000;

    /** Whether only the content of a regular file differs. */
    public boolean isContentOfFile() {
      return modeBefore == modeAfter && (modeAfter & TYPE) == REGULAR_FILE;
    }

    /** Whether only the commit of a submodule differs. */
    public boolean isSubmoduleMove() {
      return modeBefore == modeAfter && (modeAfter & TYPE) == SUBMODULE;
    }
  }
}
