package dev.flakerelay.flake;

import dev.flakerelay.PermanentException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a flake's own inputs lead to in two of its lock files, whatever the nodes are
 * called there. A stranger's lock may be a chain of any length, or have more paths than can be
 * walked: each node is compared once with each that it must equal.
 */
final class LockComparison {
  /** Of a node in one file and one in the other; a lock file's own names make one a node. */
  private static final int MOST_PAIRS = 200_000;

  private final FlakeLock mine;
  private final FlakeLock theirs;
  private final Map<Node, Node> equal = new HashMap<>();

  LockComparison(FlakeLock mine, FlakeLock theirs) {
    this.mine = mine;
    this.theirs = theirs;
  }

  /**
   * As {@link FlakeLock#inputThatMoved} says. What equals the same is equal: "A linear algorithm
   * for testing equivalence of finite automata" (Hopcroft and Karp, 1971).
   */
  boolean isSame(String input) {
    Deque<Pair> toCompare = new ArrayDeque<>();
    if (!isSame(mine.edge(input), theirs.edge(input), toCompare)) {
      return false;
    }
    while (!toCompare.isEmpty()) {
      Pair pair = toCompare.remove();
      LockNode one = mine.existing(pair.mine());
      LockNode other = theirs.existing(pair.theirs());
      if (!one.attributes().equals(other.attributes())
          || !one.inputs().keySet().equals(other.inputs().keySet())) {
        return false;
      }
      for (Map.Entry<String, LockNode.Edge> edge : one.inputs().entrySet()) {
        if (!isSame(edge.getValue(), other.inputs().get(edge.getKey()), toCompare)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isSame(
      LockNode.@Nullable Edge my, LockNode.@Nullable Edge their, Deque<Pair> toCompare) {
    if (my instanceof LockNode.Edge.Direct(String one)
        && their instanceof LockNode.Edge.Direct(String other)) {
      Node first = representative(new Node(true, one));
      Node second = representative(new Node(false, other));
      if (!first.equals(second)) {
        equal.put(first, second);
        toCompare.add(new Pair(one, other));
      }
      return true;
    }
    return Objects.equals(my, their);
  }

  /** One of all nodes that must equal this one, the same for each of them. */
  private Node representative(Node node) {
    Node last = node;
    for (Node next = equal.get(last); next != null; next = equal.get(last)) {
      last = next;
    }
    Node here = node;
    while (!here.equals(last)) {
      Node next = Objects.requireNonNull(equal.put(here, last));
      here = next;
    }
    return last;
  }

  /** As {@link FlakeLock#otherFollows} says. */
  Optional<String> otherFollows(String input) throws PermanentException {
    Set<Pair> seen = new HashSet<>();
    Deque<Below> toCompare = new ArrayDeque<>();
    if (mine.edge(input) instanceof LockNode.Edge.Direct(String one)
        && theirs.edge(input) instanceof LockNode.Edge.Direct(String other)) {
      toCompare.add(new Below(null, input, new Pair(one, other)));
    }
    while (!toCompare.isEmpty()) {
      Below below = toCompare.remove();
      Map<String, LockNode.Edge> others = theirs.existing(below.nodes().theirs()).inputs();
      for (var edge : mine.existing(below.nodes().mine()).inputs().entrySet()) {
        LockNode.Edge my = edge.getValue();
        LockNode.Edge their = others.get(edge.getKey());
        if (my instanceof LockNode.Edge.Direct(String one)
            && their instanceof LockNode.Edge.Direct(String other)) {
          Pair pair = new Pair(one, other);
          if (seen.add(pair)) {
            toCompare.add(new Below(below, edge.getKey(), pair));
          }
        } else if (their != null
            && !my.equals(their)
            && (leaves(input, my) || leaves(input, their))) {
          return Optional.of(new Below(below, edge.getKey(), below.nodes()).path());
        }
      }
      if (seen.size() > MOST_PAIRS) {
        throw new PermanentException(
            "what `" + input + "` takes in is locked too differently to be compared");
      }
    }
    return Optional.empty();
  }

  /** As {@link FlakeLock#asksAlike} says. */
  boolean asksAlike(String input) {
    if (!(mine.edge(input) instanceof LockNode.Edge.Direct(String locked))) {
      return false;
    }
    Set<Pair> seen = new HashSet<>();
    Deque<Nodes> toCompare = new ArrayDeque<>();
    toCompare.add(new Nodes(mine.existing(locked), theirs.root()));
    while (!toCompare.isEmpty() && seen.size() <= MOST_PAIRS) {
      Nodes nodes = toCompare.remove();
      for (var edge : nodes.theirs().inputs().entrySet()) {
        LockNode.Edge my = nodes.mine().inputs().get(edge.getKey());
        LockNode.Edge their = edge.getValue();
        if (my instanceof LockNode.Edge.Direct(String one)
            && their instanceof LockNode.Edge.Direct(String other)) {
          Nodes below = new Nodes(mine.existing(one), theirs.existing(other));
          if (!below.mine().isAskedForLike(below.theirs())) {
            return false;
          }
          if (seen.add(new Pair(one, other))) {
            toCompare.add(below);
          }
        } else if (!(my instanceof LockNode.Edge.Follows)
            || (their instanceof LockNode.Edge.Direct && !leaves(input, my))) {
          return false;
        }
      }
    }
    return toCompare.isEmpty();
  }

  private static boolean leaves(String input, LockNode.Edge edge) {
    return edge instanceof LockNode.Edge.Follows(var path)
        && (path.isEmpty() || !path.getFirst().equals(input));
  }

  private record Node(boolean isMine, String name) {}

  private record Pair(String mine, String theirs) {}

  private record Nodes(LockNode mine, LockNode theirs) {}

  private record Below(@Nullable Below above, String name, Pair nodes) {
    /** Its names; the middle of a long path tells nobody anything. */
    private String path() {
      Deque<String> names = new ArrayDeque<>();
      for (Below here = this; here != null && names.size() < 10; here = here.above) {
        names.addFirst(here.name);
      }
      return String.join("/", names);
    }
  }
}
