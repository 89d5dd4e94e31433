package dev.flakerelay.flake;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares what one of a flake's own inputs leads to in two lock files where that may differ: by
 * the names that both have. A pair of nodes that several names lead to is looked at once.
 */
final class InputComparison {
  /** Of a node in one file and one in the other; a lock file's own names make one a node. */
  private static final int MOST_PAIRS = 200_000;

  private final FlakeLock mine;
  private final FlakeLock theirs;

  InputComparison(FlakeLock mine, FlakeLock theirs) {
    this.mine = mine;
    this.theirs = theirs;
  }

  /** As {@link FlakeLock#otherFollows} says. */
  Optional<String> otherFollows(String input) throws PermanentException {
    for (Below below : pairs(input)) {
      Map<String, LockNode.Edge> others = theirs.existing(below.nodes().theirs()).inputs();
      for (var edge : mine.existing(below.nodes().mine()).inputs().entrySet()) {
        LockNode.Edge my = edge.getValue();
        LockNode.Edge their = others.get(edge.getKey());
        boolean areDirect =
            my instanceof LockNode.Edge.Direct && their instanceof LockNode.Edge.Direct;
        if (!areDirect
            && their != null
            && !my.equals(their)
            && (leaves(input, my) || leaves(input, their))) {
          return Optional.of(below.path().then(edge.getKey()).toString());
        }
      }
    }
    return Optional.empty();
  }

  /** As {@link FlakeLock#movedBelow} says. */
  List<MovedInput> movedBelow(String input) throws PermanentException {
    List<MovedInput> moved = new ArrayList<>();
    for (Below below : pairs(input)) {
      Map<String, LockNode.Edge> my = mine.existing(below.nodes().mine()).inputs();
      Map<String, LockNode.Edge> their = theirs.existing(below.nodes().theirs()).inputs();
      Set<String> names = new TreeSet<>(my.keySet());
      names.addAll(their.keySet());
      for (String name : names) {
        Optional<Revision> before = mine.revision(my.get(name));
        Optional<Revision> after = theirs.revision(their.get(name));
        if (!before.equals(after)) {
          moved.add(new MovedInput(below.path().then(name).toString(), before, after));
        }
      }
    }
    return moved;
  }

  /** All that an input leads to in both files by the same names, each pair of nodes once. */
  private List<Below> pairs(String input) throws PermanentException {
    Set<Pair> seen = new HashSet<>();
    List<Below> pairs = new ArrayList<>();
    if (mine.edge(input) instanceof LockNode.Edge.Direct(String one)
        && theirs.edge(input) instanceof LockNode.Edge.Direct(String other)) {
      pairs.add(new Below(InputPath.of(input), new Pair(one, other)));
    }
    for (int i = 0; i < pairs.size(); i++) {
      Below below = pairs.get(i);
      Map<String, LockNode.Edge> others = theirs.existing(below.nodes().theirs()).inputs();
      for (var edge : mine.existing(below.nodes().mine()).inputs().entrySet()) {
        if (edge.getValue() instanceof LockNode.Edge.Direct(String one)
            && others.get(edge.getKey()) instanceof LockNode.Edge.Direct(String other)
            && seen.add(new Pair(one, other))) {
          pairs.add(new Below(below.path().then(edge.getKey()), new Pair(one, other)));
        }
      }
      if (seen.size() > MOST_PAIRS) {
        throw new PermanentException(
            "what `" + input + "` takes in is locked too differently to be compared");
      }
    }
    return pairs;
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

  private record Pair(String mine, String theirs) {}

  private record Nodes(LockNode mine, LockNode theirs) {}

  private record Below(InputPath path, Pair nodes) {}
}
