package dev.flakerelay.lock;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockDifference;
import dev.flakerelay.flake.LockedInput;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Proves that a new lock file says what it was asked to say, and nothing else. The files are
 * compared as graphs; nix's own output is never consulted.
 */
public final class LockProof {
  private static final String LOCK_ANEW =
      ": a flake.nix was changed and its lock never updated. Run `nix flake lock` and push";

  private static final String OTHER_NIX =
      ": this nix locks it otherwise. Run `nix flake lock` with the same version of nix and push";

  private LockProof() {}

  /**
   * Compares the lock files.
   *
   * @param inputs the flake's own inputs that were to be moved
   * @param revision what they were to be moved to
   * @param computation ends it if it takes too long
   * @throws PermanentException if anything else moved, or they did not move there
   */
  public static void check(
      FlakeLock before,
      FlakeLock after,
      Set<String> inputs,
      Revision revision,
      Deadline.Computation computation)
      throws JobException {
    if (after.version() < before.version()) {
      throw new PermanentException(
          "nix would lower flake.lock's version from "
              + before.version()
              + " to "
              + after.version()
              + ": use a newer nix (RELAY_NIX)");
    }
    for (String input : inputs) {
      computation.check();
      checkMoved(before.input(input), after.input(input), input, revision);
      Optional<String> other = before.otherFollows(input, after);
      if (other.isPresent()) {
        throw new PermanentException(
            "locking `"
                + input
                + "` at "
                + revision.abbreviated()
                + " would also change what the input `"
                + other.get()
                + "` follows"
                + LOCK_ANEW);
      }
    }
    Set<String> others = new TreeSet<>(before.inputs());
    others.addAll(after.inputs());
    others.removeAll(inputs);
    computation.check();
    Optional<LockDifference> moved = before.difference(others, after);
    if (moved.isPresent()) {
      throw new PermanentException(
          "locking "
              + inputs
              + " at "
              + revision.abbreviated()
              + " would also move "
              + moved.get()
              + (moved.get().isOfFlakes() ? LOCK_ANEW : OTHER_NIX));
    }
  }

  private static void checkMoved(
      LockedInput before, LockedInput after, String input, Revision revision)
      throws PermanentException {
    Optional<Revision> locked = after.revision();
    if (!locked.equals(Optional.of(revision))) {
      throw new PermanentException(
          "nix locked the input `"
              + input
              + "` at "
              + locked.map(Revision::hex).orElse("no revision")
              + ", not at "
              + revision);
    }
    if (!after.original().equals(before.original())) {
      throw new PermanentException(
          "flake.nix asks for the input `"
              + input
              + "` as "
              + after.original()
              + ", its lock as "
              + before.original()
              + LOCK_ANEW);
    }
  }
}
