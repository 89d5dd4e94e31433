package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code flake.lock} file as a graph ("Lock files" in the Nix manual's page on {@code nix
 * flake}). Names of nodes mean nothing: only the root's inputs and what they lead to are compared.
 */
public final class FlakeLock {
  private final int version;
  private final LockNode root;
  private final Map<String, LockNode> nodes;

  FlakeLock(int version, LockNode root, Map<String, LockNode> nodes) {
    this.version = version;
    this.root = root;
    this.nodes = nodes;
  }

  /**
   * Reads a lock file.
   *
   * @param bytes the file, UTF-8
   * @throws PermanentException if it is not a lock file of version 5 to 7, is larger than any lock
   *     file of sane size, or leads to nodes that it lacks
   */
  public static FlakeLock parse(byte[] bytes) throws PermanentException {
    return LockReader.read(bytes);
  }

  /** What a flake has that was never locked. */
  static FlakeLock empty() {
    LockNode root = new LockNode(Map.of(), Map.of());
    return new FlakeLock(7, root, Map.of("root", root));
  }

  /** The format's version, 5 to 7. */
  public int version() {
    return version;
  }

  /** The names of the flake's own inputs. */
  public Set<String> inputs() {
    return root.inputs().keySet();
  }

  Collection<LockNode> nodes() {
    return nodes.values();
  }

  /** The nodes that the flake's own inputs lead to. */
  Collection<LockNode> ownNodes() {
    return root.inputs().values().stream()
        .flatMap(
            edge ->
                edge instanceof LockNode.Edge.Direct(String name)
                    ? Stream.of(existing(name))
                    : Stream.empty())
        .toList();
  }

  /** Whether an input of the flake is one itself; nix reads nothing in it otherwise. */
  boolean isFlake(String input) {
    return !(root.inputs().get(input) instanceof LockNode.Edge.Direct(String name))
        || existing(name).isFlake();
  }

  /** The node that names of inputs lead to, without any that follows another. */
  Optional<LockNode> at(List<String> path) {
    LockNode node = root;
    for (String name : path) {
      if (!(node.inputs().get(name) instanceof LockNode.Edge.Direct(String next))) {
        return Optional.empty();
      }
      node = existing(next);
    }
    return Optional.of(node);
  }

  /**
   * One of the flake's own inputs.
   *
   * @throws PermanentException if the flake has no such input, or the input has no lock of its own
   *     because it follows another
   */
  public LockedInput input(String name) throws PermanentException {
    return switch (root.inputs().get(name)) {
      case null ->
          throw new PermanentException(
              "the flake has no input `" + name + "`; flake.lock knows " + inputs());
      case LockNode.Edge.Follows(List<String> path) ->
          throw new PermanentException(
              "the input `"
                  + name
                  + "` follows `"
                  + String.join("/", path)
                  + "` and has no lock of its own: route that input instead");
      case LockNode.Edge.Direct(String node) -> new LockedInput(name, existing(node));
    };
  }

  /**
   * Whether an input of the flake leads to the same subtree in both files: the same locks,
   * originals and follows all the way down, whatever the nodes are called. An input that neither
   * file has is the same.
   */
  public boolean leadsToTheSame(String input, FlakeLock other) {
    // A list of work rather than recursion: a stranger's lock may be a chain of any length.
    Set<Pair> seen = new HashSet<>();
    Deque<Pair> toCompare = new ArrayDeque<>();
    if (!sameEdge(root.inputs().get(input), other.root.inputs().get(input), seen, toCompare)) {
      return false;
    }
    while (!toCompare.isEmpty()) {
      Pair pair = toCompare.remove();
      LockNode mine = existing(pair.mine());
      LockNode theirs = other.existing(pair.theirs());
      if (!mine.attributes().equals(theirs.attributes())
          || !mine.inputs().keySet().equals(theirs.inputs().keySet())) {
        return false;
      }
      for (Map.Entry<String, LockNode.Edge> edge : mine.inputs().entrySet()) {
        if (!sameEdge(edge.getValue(), theirs.inputs().get(edge.getKey()), seen, toCompare)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean sameEdge(
      LockNode.@Nullable Edge mine,
      LockNode.@Nullable Edge theirs,
      Set<Pair> seen,
      Deque<Pair> toCompare) {
    if (mine instanceof LockNode.Edge.Direct(String my)
        && theirs instanceof LockNode.Edge.Direct(String their)) {
      Pair pair = new Pair(my, their);
      if (seen.add(pair)) {
        toCompare.add(pair);
      }
      return true;
    }
    return Objects.equals(mine, theirs);
  }

  private LockNode existing(String name) {
    LockNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalStateException("parse() lets no dangling edge pass: " + name);
    }
    return node;
  }

  private record Pair(String mine, String theirs) {}
}
