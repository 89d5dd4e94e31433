package dev.flakerelay.flake;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a flake.nix says of its inputs.
 *
 * @param inputs its inputs, and what it says of theirs
 * @param arguments the names that its outputs take, {@code self} among them; nix takes one that is
 *     no input from its registry
 * @param asksOfSelf whether it wants itself fetched in another way, such as with its submodules
 */
public record FlakeDeclarations(
    List<SourceFlake.Declaration> inputs, Set<String> arguments, boolean asksOfSelf) {
  /** None of it can change. */
  public FlakeDeclarations {
    inputs = List.copyOf(inputs);
    arguments = Set.copyOf(arguments);
  }

  /** What it says of an input, or of an input's input. */
  Optional<SourceFlake.Declaration> of(String... path) {
    return inputs.stream().filter(each -> each.path().equals(List.of(path))).findFirst();
  }

  /** What it says of the inputs of an input. */
  List<SourceFlake.Declaration> below(String input) {
    return inputs.stream()
        .filter(each -> each.path().size() > 1 && each.path().getFirst().equals(input))
        .toList();
  }

  /** Its own inputs. */
  List<SourceFlake.Declaration> own() {
    return inputs.stream().filter(each -> each.path().size() == 1).toList();
  }
}
