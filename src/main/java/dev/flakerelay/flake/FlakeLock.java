package dev.flakerelay.flake;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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
  public static FlakeLock empty() {
    return new FlakeLock(7, LockNode.EMPTY, Map.of("root", LockNode.EMPTY));
  }

  /** The format's version, 5 to 7. */
  public int version() {
    return version;
  }

  /** The names of the flake's own inputs. */
  public Set<String> inputs() {
    return root.inputs().keySet();
  }

  /**
   * The file as nix writes it.
   *
   * @return empty if nix would not write this graph
   */
  public Optional<byte[]> written() {
    return LockWriter.write(this);
  }

  /** The same with one of the flake's own inputs, which has a lock of its own, locked otherwise. */
  public FlakeLock with(String input, JsonNode locked) {
    if (!(root.inputs().get(input) instanceof LockNode.Edge.Direct(String name))) {
      throw new IllegalArgumentException("no lock of its own: " + input);
    }
    Map<String, JsonNode> attributes = new HashMap<>(existing(name).attributes());
    attributes.put("locked", locked);
    Map<String, LockNode> changed = new HashMap<>(nodes);
    changed.put(name, new LockNode(existing(name).inputs(), attributes));
    return new FlakeLock(version, root, changed);
  }

  LockNode root() {
    return root;
  }

  /** All nodes, the root among them. */
  public Collection<LockNode> nodes() {
    return nodes.values();
  }

  /** The nodes that the flake's own inputs lead to. */
  public Collection<LockNode> ownNodes() {
    return root.inputs().values().stream()
        .flatMap(
            edge ->
                edge instanceof LockNode.Edge.Direct(String name)
                    ? Stream.of(existing(name))
                    : Stream.empty())
        .toList();
  }

  /** Whether an input of the flake is one itself; nix reads nothing in it otherwise. */
  public boolean isFlake(String input) {
    return !(root.inputs().get(input) instanceof LockNode.Edge.Direct(String name))
        || existing(name).isFlake();
  }

  /** The node that names of inputs lead to, without any that follows another. */
  public Optional<LockNode> at(List<String> path) {
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
   * The first difference in what some inputs of the flake lead to in another file: locks, originals
   * and follows all the way down, whatever the nodes are called. An input that neither file has is
   * the same.
   */
  public Optional<LockDifference> difference(Collection<String> among, FlakeLock other) {
    LockComparison comparison = new LockComparison(this, other);
    return among.stream().flatMap(input -> comparison.difference(input).stream()).findFirst();
  }

  /**
   * What is at another revision below some inputs of the flake in another file.
   *
   * @throws PermanentException if the files are too different to be compared
   */
  public List<MovedInput> movedBelow(Collection<String> inputs, FlakeLock other)
      throws PermanentException {
    List<MovedInput> moved = new ArrayList<>();
    for (String input : inputs) {
      moved.addAll(new InputComparison(this, other).movedBelow(input));
    }
    return moved;
  }

  /**
   * An input below one of the flake's own inputs that follows something outside of that in one file
   * and not in the other, or something else there: only the flake's own flake.nix can say so.
   *
   * @return its path, such as {@code app/nixpkgs}; empty if all that both files have are alike
   * @throws PermanentException if the files are too different to be compared
   */
  public Optional<String> otherFollows(String input, FlakeLock other) throws PermanentException {
    return new InputComparison(this, other).otherFollows(input);
  }

  /**
   * Whether an input's own lock file has nothing below it but what this one has, too, as far as is
   * asked for and not locked: from the same references, or following something outside of the
   * input. If not, the input has changed what it takes in, or this flake says what that is.
   *
   * @param own the input's own file
   */
  public boolean asksAlike(String input, FlakeLock own) {
    return new InputComparison(this, own).asksAlike(input);
  }

  /** Where one of the flake's own inputs leads. */
  LockNode.@Nullable Edge edge(String input) {
    return root.inputs().get(input);
  }

  /**
   * What an edge leads to; empty for none, for one that follows, and where there is no revision.
   */
  Optional<Revision> revision(LockNode.@Nullable Edge edge) {
    return edge instanceof LockNode.Edge.Direct(String name)
        ? existing(name).text("locked", "rev").flatMap(Revision::find)
        : Optional.empty();
  }

  LockNode existing(String name) {
    LockNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalStateException("parse() lets no dangling edge pass: " + name);
    }
    return node;
  }
}
