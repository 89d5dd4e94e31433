package dev.flakerelay.lock;

import java.util.Optional;

/**
 * A lock that an engine made.
 *
 * @param file flake.lock
 * @param engine what made it: {@code archive} or {@code nix}
 * @param reason why a faster engine did not; empty if none was asked, or it did
 */
// The array is written, never compared.
@SuppressWarnings("ArrayRecordComponent")
public record NewLock(byte[] file, String engine, Optional<String> reason) {
  /** A lock that the engine made which was asked first. */
  public NewLock(byte[] file, String engine) {
    this(file, engine, Optional.empty());
  }
}
