package dev.flakerelay.nix;

import java.util.Map;
import java.util.Set;

/**
 * A value in a Nix expression as far as it can be known without evaluation ("Data Types" in the Nix
 * manual).
 */
sealed interface Literal {
  /** A string without interpolation. */
  record Text(String value) implements Literal {}

  /** A path literal, relative to the folder that the expression's path literals start from. */
  record FilePath(String value) implements Literal {}

  /** {@code true} or {@code false}. */
  record Flag(boolean value) implements Literal {}

  /** An integer; there are no negative literals in Nix. */
  record Whole(long value) implements Literal {}

  /**
   * An attribute set.
   *
   * @param members by name, in the order of the names
   * @param isDynamic whether names of attributes are computed
   */
  record Attributes(Map<String, Literal> members, boolean isDynamic) implements Literal {}

  /**
   * A function.
   *
   * @param arguments the names that it takes, if it takes a set
   */
  record Function(Set<String> arguments) implements Literal {}

  /** Whatever only evaluation tells, and values that no flake's inputs have, such as lists. */
  record Computed() implements Literal {}
}
