package dev.flakerelay.cli;

import dev.flakerelay.PermanentException;
import dev.flakerelay.audit.HashProof;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.git.UnseenException;
import dev.flakerelay.lock.UnfitException;
import dev.flakerelay.lock.archive.LockedArchive;
import java.util.List;

/** Compares what locks say of revisions with their archives. */
record DownloadedHashes(LockedArchive archives) implements HashProof {
  @Override
  public void check(FlakeLock lock, String input) throws PermanentException, UnseenException {
    String hash = attribute(lock, input, "narHash");
    String time = attribute(lock, input, "lastModified");
    LockedArchive.Contents contents;
    try {
      contents = archives.contents(lock, input);
    } catch (UnfitException e) {
      throw new UnseenException(
          "the hash of `" + input + "` could not be proven: " + e.getMessage());
    }
    require(input, "narHash", hash, contents.narHash());
    require(input, "lastModified", time, Long.toString(contents.lastModified()));
  }

  private static String attribute(FlakeLock lock, String input, String name) {
    return lock.at(List.of(input))
        .flatMap(LockNode::locked)
        .map(locked -> locked.path(name).asString(""))
        .orElse("");
  }

  private static void require(String input, String what, String locked, String found)
      throws PermanentException {
    if (!locked.equals(found)) {
      throw new PermanentException(
          "its lock has " + what + " " + locked + " of `" + input + "`, the archive has " + found);
    }
  }
}
