package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.util.List;

/**
 * A target, an update of one of its inputs, and the lock file that a person gets who does that
 * update with the real nix in a full checkout.
 *
 * @param name the layout's name
 * @param target a bare repository, to be updated on {@code main}
 * @param directory where its flake.nix is, {@code .} for the root
 * @param inputs the inputs to update, all of one source
 * @param previous what they are locked to
 * @param requested what they shall be locked to: a descendant of {@code previous}, not the newest
 * @param submodules paths of the submodules that pin the same source at {@code previous}
 * @param expectedLock the text that flake.lock must have afterwards
 */
public record GoldenCase(
    String name,
    TestRepository target,
    String directory,
    List<String> inputs,
    Revision previous,
    Revision requested,
    List<String> submodules,
    String expectedLock) {

  /** Where flake.lock is in the target. */
  public String lockPath() {
    return directory.equals(".") ? "flake.lock" : directory + "/flake.lock";
  }

  @Override
  public String toString() {
    return name;
  }
}
