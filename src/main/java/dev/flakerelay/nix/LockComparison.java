package dev.flakerelay.nix;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what one of a flake's own inputs leads to in two of its lock files, whatever the nodes
 * are called there. A list of work rather than recursion: a stranger's lock may be a chain of any
 * length.
 */
final class LockComparison {
  private final FlakeLock mine;
  private final FlakeLock theirs;
  private final String input;
  private final Set<Pair> seen = new HashSet<>();
  private final Deque<Below> toCompare = new ArrayDeque<>();

  LockComparison(FlakeLock mine, FlakeLock theirs, String input) {
    this.mine = mine;
    this.theirs = theirs;
    this.input = input;
  }

  /** As {@link FlakeLock#leadsToTheSame} says. */
  boolean isSame() {
    LockNode.Edge my = mine.edge(input);
    LockNode.Edge their = theirs.edge(input);
    if (!isPair(input, my, their) && !Objects.equals(my, their)) {
      return false;
    }
    while (!toCompare.isEmpty()) {
      Below below = toCompare.remove();
      LockNode one = mine.existing(below.nodes().mine());
      LockNode other = theirs.existing(below.nodes().theirs());
      if (!one.attributes().equals(other.attributes())
          || !one.inputs().keySet().equals(other.inputs().keySet())) {
        return false;
      }
      for (Map.Entry<String, LockNode.Edge> edge : one.inputs().entrySet()) {
        their = other.inputs().get(edge.getKey());
        if (!isPair(edge.getKey(), edge.getValue(), their)
            && !Objects.equals(edge.getValue(), their)) {
          return false;
        }
      }
    }
    return true;
  }

  /** As {@link FlakeLock#otherFollows} says. */
  Optional<String> otherFollows() {
    isPair(input, mine.edge(input), theirs.edge(input));
    while (!toCompare.isEmpty()) {
      Below below = toCompare.remove();
      Map<String, LockNode.Edge> others = theirs.existing(below.nodes().theirs()).inputs();
      for (var edge : mine.existing(below.nodes().mine()).inputs().entrySet()) {
        LockNode.Edge my = edge.getValue();
        LockNode.Edge their = others.get(edge.getKey());
        String path = below.path() + "/" + edge.getKey();
        if (their != null
            && !isPair(path, my, their)
            && !my.equals(their)
            && (leaves(my) || leaves(their))) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether both lead to a node, which is then compared in its turn. */
  private boolean isPair(String path, LockNode.@Nullable Edge my, LockNode.@Nullable Edge their) {
    if (my instanceof LockNode.Edge.Direct(String one)
        && their instanceof LockNode.Edge.Direct(String other)) {
      Pair pair = new Pair(one, other);
      if (seen.add(pair)) {
        toCompare.add(new Below(path, pair));
      }
      return true;
    }
    return false;
  }

  private boolean leaves(LockNode.Edge edge) {
    return edge instanceof LockNode.Edge.Follows(List<String> path)
        && (path.isEmpty() || !path.getFirst().equals(input));
  }

  private record Pair(String mine, String theirs) {}

  private record Below(String path, Pair nodes) {}
}
