package dev.flakerelay.flake;

import dev.flakerelay.VisibleText;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a flake's flake.nix and flake.lock ask for, as data, before nix follows any of it.
 *
 * @param reference which flake it is, as an object
 * @param declarations what flake.nix says of its inputs, and of theirs
 * @param lock flake.lock, if there is one
 * @param submodules where its submodules lead, if they are to be fetched
 */
public record SourceFlake(
    JsonNode reference,
    List<Declaration> declarations,
    Optional<FlakeLock> lock,
    List<JsonNode> submodules) {

  /**
   * What a flake.nix says of an input.
   *
   * @param path its name, or the names that lead to an input of an input
   * @param reference what it asks for; empty if it follows another
   * @param follows the names that lead to what it follows, from the flake that says so; empty if it
   *     asks for something itself
   * @param isFlake whether nix will read a flake.nix in it
   */
  public record Declaration(
      List<String> path,
      Optional<JsonNode> reference,
      Optional<List<String>> follows,
      boolean isFlake) {
    @Override
    public String toString() {
      return text(path);
    }
  }

  /** Names that lead to an input as people write them. */
  public static String text(List<String> path) {
    return VisibleText.word(String.join("/", path));
  }
}
