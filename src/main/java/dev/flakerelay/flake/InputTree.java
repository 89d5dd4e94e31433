package dev.flakerelay.flake;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names of inputs, of their inputs, and so on, of which something is said.
 *
 * @param isNamed whether something is said of the input itself
 * @param below its inputs by name
 */
public record InputTree(boolean isNamed, Map<String, InputTree> below) {
  /** Nothing is said of any input. */
  public static final InputTree EMPTY = new InputTree(false, Map.of());

  /** A tree of paths. */
  public static InputTree of(Iterable<List<String>> paths) {
    Builder root = new Builder();
    for (List<String> path : paths) {
      Builder node = root;
      for (String name : path) {
        node = node.below.computeIfAbsent(name, _ -> new Builder());
      }
      node.isNamed = true;
    }
    return root.tree();
  }

  /** What either says something of. */
  public InputTree and(InputTree other) {
    if (other.below.isEmpty() || below.isEmpty()) {
      Map<String, InputTree> one = below.isEmpty() ? other.below : below;
      return new InputTree(isNamed || other.isNamed, one);
    }
    Map<String, InputTree> all = new HashMap<>(below);
    other.below.forEach((name, tree) -> all.merge(name, tree, InputTree::and));
    return new InputTree(isNamed || other.isNamed, all);
  }

  /** What is said of the inputs of an input, as that would say it. */
  public InputTree at(List<String> path) {
    InputTree tree = this;
    for (String name : path) {
      tree = tree.below.getOrDefault(name, EMPTY);
    }
    return tree;
  }

  /** Whether something is said of an input. */
  public boolean names(List<String> path) {
    return at(path).isNamed;
  }

  /** Whether something is said of all of these inputs. */
  public boolean namesAll(Set<String> inputs) {
    return inputs.stream().allMatch(input -> names(List.of(input)));
  }

  private static final class Builder {
    private final Map<String, Builder> below = new HashMap<>();
    private boolean isNamed;

    private InputTree tree() {
      Map<String, InputTree> trees = new HashMap<>();
      below.forEach((name, node) -> trees.put(name, node.tree()));
      return new InputTree(isNamed, Map.copyOf(trees));
    }
  }
}
