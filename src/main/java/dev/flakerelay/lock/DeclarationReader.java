package dev.flakerelay.lock;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.flake.FlakeDeclarations;

/** Reads flake.nix files as data: nothing in them is evaluated, and nothing is fetched. */
@FunctionalInterface
public interface DeclarationReader {
  /**
   * What a flake.nix says of its inputs.
   *
   * @param text the file
   * @param directory where it is in its repository, {@code .} for the root
   * @param limit when it must have ended
   * @throws JobException if it is not what nix takes, or can't be read now
   */
  FlakeDeclarations read(byte[] text, String directory, Deadline limit) throws JobException;
}
