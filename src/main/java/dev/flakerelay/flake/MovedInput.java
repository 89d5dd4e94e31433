package dev.flakerelay.flake;

import dev.flakerelay.Revision;
import java.util.Optional;

/**
 * An input of an input that is locked at another revision than before.
 *
 * @param path the names that lead to it, such as {@code app/nixpkgs}
 * @param before empty if it was not there, had no revision, or followed another
 * @param after the same of what is there now
 */
public record MovedInput(String path, Optional<Revision> before, Optional<Revision> after) {
  /** {@code app/nixpkgs: 1234567 → 89abcde}. */
  @Override
  public String toString() {
    return path + ": " + text(before) + " → " + text(after);
  }

  private static String text(Optional<Revision> revision) {
    return revision.map(Revision::abbreviated).orElse("none");
  }
}
