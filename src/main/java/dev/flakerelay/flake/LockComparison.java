package dev.flakerelay.flake;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares what a flake's own inputs lead to in two of its lock files, whatever the nodes are
 * called there. A stranger's lock may be a chain of any length, or have more paths than can be
 * walked: each node is compared once with each that it must equal.
 */
final class LockComparison {
  private final FlakeLock mine;
  private final FlakeLock theirs;
  private final Map<Node, Node> equal = new HashMap<>();

  LockComparison(FlakeLock mine, FlakeLock theirs) {
    this.mine = mine;
    this.theirs = theirs;
  }

  /**
   * What differs in what an input leads to; empty: nothing. What equals the same is equal: "A
   * linear algorithm for testing equivalence of finite automata" (Hopcroft and Karp, 1971).
   */
  Optional<LockDifference> difference(String input) {
    Deque<Below> toCompare = new ArrayDeque<>();
    Optional<LockDifference> found =
        difference(
            InputPath.of(input),
            Optional.ofNullable(mine.edge(input)),
            Optional.ofNullable(theirs.edge(input)),
            toCompare);
    while (found.isEmpty() && !toCompare.isEmpty()) {
      found = difference(toCompare.remove(), toCompare);
    }
    return found;
  }

  private Optional<LockDifference> difference(Below below, Deque<Below> toCompare) {
    LockNode one = mine.existing(below.nodes().mine());
    LockNode other = theirs.existing(below.nodes().theirs());
    if (!one.attributes().equals(other.attributes())) {
      return Optional.of(LockDifference.of(below.path(), one, other));
    }
    Set<String> names = new TreeSet<>(one.inputs().keySet());
    names.addAll(other.inputs().keySet());
    for (String name : names) {
      Optional<LockDifference> found =
          difference(
              below.path().then(name),
              Optional.ofNullable(one.inputs().get(name)),
              Optional.ofNullable(other.inputs().get(name)),
              toCompare);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<LockDifference> difference(
      InputPath path,
      Optional<LockNode.Edge> my,
      Optional<LockNode.Edge> their,
      Deque<Below> toCompare) {
    if (my.orElse(null) instanceof LockNode.Edge.Direct(String one)
        && their.orElse(null) instanceof LockNode.Edge.Direct(String other)) {
      Node first = representative(new Node(true, one));
      Node second = representative(new Node(false, other));
      if (!first.equals(second)) {
        equal.put(first, second);
        toCompare.add(new Below(path, new Pair(one, other)));
      }
      return Optional.empty();
    }
    return my.equals(their)
        ? Optional.empty()
        : Optional.of(LockDifference.ofEdges(path, text(my, mine), text(their, theirs)));
  }

  private static String text(Optional<LockNode.Edge> edge, FlakeLock lock) {
    return switch (edge.orElse(null)) {
      case null -> "nothing";
      case LockNode.Edge.Follows(var path) -> "following `" + String.join("/", path) + "`";
      case LockNode.Edge.Direct(String node) ->
          lock.existing(node).text("locked", "rev").orElse("a lock of its own");
    };
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

  private record Node(boolean isMine, String name) {}

  private record Pair(String mine, String theirs) {}

  private record Below(InputPath path, Pair nodes) {}
}
