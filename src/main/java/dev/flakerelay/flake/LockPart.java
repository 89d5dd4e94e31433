package dev.flakerelay.flake;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a lock file has for the inputs of one flake.
 *
 * @param root the names that lead from the file's root to that flake
 */
public record LockPart(FlakeLock lock, List<String> root) {

  /** A flake's own flake.lock. */
  public static LockPart own(SourceFlake flake) {
    return new LockPart(flake.lock().orElseGet(FlakeLock::empty), List.of());
  }

  /** What names lead to; empty if there is nothing, or something that follows another. */
  public Optional<LockNode> at(List<String> path) {
    return lock.at(below(path).root());
  }

  /** The part for what names lead to. */
  public LockPart below(List<String> path) {
    return new LockPart(lock, Stream.concat(root.stream(), path.stream()).toList());
  }
}
