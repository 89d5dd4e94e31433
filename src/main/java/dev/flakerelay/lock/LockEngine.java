package dev.flakerelay.lock;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A way to make a new flake.lock. Whatever it makes is proven afterwards ({@link LockProof}); what
 * it reads of strangers it has looked at before, and what it made after ({@link LockGate}).
 */
public interface LockEngine {
  /**
   * Locks inputs to given references, as {@code nix flake update NAME} does in a checkout while the
   * source's branch is at that revision.
   *
   * @param files the flake's files by path relative to the repository's root: flake.nix,
   *     flake.lock, and those of flakes that it takes in by relative path; without flake.lock it is
   *     locked for the first time, and may use files of this machine
   * @param directory where flake.nix is, {@code .} for the root
   * @param overrides references by input name; none: only what is not locked yet is
   * @param tokens with which what the target has locked is opened on its forges
   * @return the new flake.lock, and who made it
   * @throws PermanentException if this can't be locked
   * @throws RetryableException if the network, the machine or the limits stood in the way
   */
  NewLock lock(
      Map<String, byte[]> files,
      String directory,
      Map<String, String> overrides,
      List<ForgeToken> tokens)
      throws JobException;

  /**
   * Reads what {@link #lock} would read of the target's own files, so that it need not wait for
   * that; fetches nothing. What fails is told by {@link #lock}.
   */
  default void prepare(
      Map<String, byte[]> files, String directory, Map<String, String> overrides) {}

  /** The same engine for work that must have ended some time. */
  LockEngine within(Deadline limit);

  /** How long one lock takes at the most. */
  Duration longest();

  /** Begins what a lock with a token needs and takes a while, beside the caller's other work. */
  void prepareForToken();

  /**
   * The version of what makes the lock, such as {@code 2.26.3}.
   *
   * @throws JobException if it does not work here
   */
  String version() throws JobException;
}
