package dev.flakerelay.audit;

import dev.flakerelay.PermanentException;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.git.UnseenException;

/** Proves that what a lock says of an input's contents is so. */
@FunctionalInterface
public interface HashProof {
  /**
   * Proves it.
   *
   * @param input the input's name
   * @throws PermanentException if it is not so
   * @throws UnseenException if that can't be found out
   */
  void check(FlakeLock lock, String input) throws PermanentException, UnseenException;
}
