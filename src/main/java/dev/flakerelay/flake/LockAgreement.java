package dev.flakerelay.flake;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a lock is what nix would make of flake.nix files, as far as that can be seen without
 * fetching ("Lock files" in the Nix manual's page on {@code nix flake}). If it is, updating an
 * input changes that input's own revision and nothing else.
 *
 * <p>Each answer is why it is not, or why that can't be seen; empty if it is.
 */
public final class LockAgreement {
  private final FlakeDeclarations target;
  private final FlakeLock lock;

  /**
   * A target.
   *
   * @param target what its flake.nix says
   * @param lock its lock
   */
  public LockAgreement(FlakeDeclarations target, FlakeLock lock) {
    this.target = target;
    this.lock = lock;
  }

  /**
   * Looks at the target alone.
   *
   * @param moving the inputs that will be updated, whose own inputs are not looked at
   */
  public Optional<String> ofTarget(Set<String> moving) {
    Optional<String> unclear = unclear(target, "flake.nix");
    if (unclear.isPresent()) {
      return unclear;
    }
    for (SourceFlake.Declaration each : target.own()) {
      String input = each.path().getFirst();
      Optional<String> other = otherEdge(each, lock.edge(input), lock, List.of());
      if (other.isEmpty() && !moving.contains(input)) {
        other = otherBelow(target, input, lock);
      }
      if (other.isPresent()) {
        return other;
      }
    }
    return otherNames(lock.inputs(), target, "flake.lock");
  }

  /**
   * Looks at an input that is a flake.
   *
   * @param source what its flake.nix says at the new revision
   * @param own its own lock there
   */
  public Optional<String> ofSource(String input, FlakeDeclarations source, FlakeLock own) {
    Optional<String> unclear = unclear(source, "the flake.nix of `" + input + "`");
    if (unclear.isPresent()) {
      return unclear;
    }
    LockNode node = lock.at(List.of(input)).orElse(LockNode.EMPTY);
    for (SourceFlake.Declaration each : source.own()) {
      String name = each.path().getFirst();
      LockNode.Edge edge = node.inputs().get(name);
      Optional<SourceFlake.Declaration> override = target.of(input, name);
      Optional<String> other;
      if (override.isPresent()) {
        other =
            override.get().follows().isPresent()
                ? otherEdge(override.get(), edge, lock, List.of())
                : Optional.of("flake.nix has `" + override.get() + "` locked anew each time");
      } else {
        other =
            otherEdge(each, edge, lock, List.of(input))
                .or(() -> otherThanOwn(each, input, edge, own))
                .or(() -> otherBelow(source, name, own));
      }
      if (other.isPresent()) {
        return other;
      }
    }
    return otherNames(node.inputs().keySet(), source, "the lock of `" + input + "`");
  }

  /** What is not understood well enough, or read differently by versions of nix. */
  private static Optional<String> unclear(FlakeDeclarations flake, String whose) {
    if (flake.asksOfSelf()) {
      return Optional.of(whose + " asks for its own submodules");
    }
    Set<String> undeclared = new TreeSet<>(flake.arguments());
    undeclared.remove("self");
    undeclared.removeAll(names(flake));
    if (!undeclared.isEmpty()) {
      return Optional.of(whose + " takes " + undeclared + ", which it does not declare");
    }
    for (SourceFlake.Declaration each : flake.inputs()) {
      if (each.path().size() > 2) {
        return Optional.of(whose + " says what `" + each + "` is, three levels down");
      }
      if (each.reference().filter(reference -> Origin.of(reference).isRelative()).isPresent()) {
        return Optional.of(whose + " takes in `" + each + "` by a relative path");
      }
    }
    return Optional.empty();
  }

  private static Set<String> names(FlakeDeclarations flake) {
    return flake.own().stream().map(each -> each.path().getFirst()).collect(Collectors.toSet());
  }

  private static Optional<String> otherNames(
      Set<String> locked, FlakeDeclarations flake, String whose) {
    return locked.equals(names(flake))
        ? Optional.empty()
        : Optional.of(whose + " has other inputs than its flake.nix");
  }

  /** Whether an edge is another than a flake.nix says. */
  private static Optional<String> otherEdge(
      SourceFlake.Declaration said,
      LockNode.@Nullable Edge edge,
      FlakeLock lock,
      List<String> prefix) {
    boolean agrees =
        switch (edge) {
          case null -> false;
          case LockNode.Edge.Follows(List<String> path) ->
              said.follows().filter(names -> path.equals(under(prefix, names))).isPresent();
          case LockNode.Edge.Direct(String name) -> {
            LockNode node = lock.existing(name);
            yield said.reference().filter(node::isAskedForBy).isPresent()
                && node.isFlake() == said.isFlake()
                && !node.attributes().containsKey("parent");
          }
        };
    return agrees
        ? Optional.empty()
        : Optional.of("`" + said + "` is locked as something else than its flake.nix says");
  }

  private static List<String> under(List<String> prefix, List<String> names) {
    return Stream.concat(prefix.stream(), names.stream()).toList();
  }

  /**
   * Whether what an input of a flake follows is something else than that flake's flake.nix says.
   */
  private static Optional<String> otherBelow(
      FlakeDeclarations flake, String input, FlakeLock lock) {
    LockNode node = lock.at(List.of(input)).orElse(LockNode.EMPTY);
    for (Map.Entry<String, LockNode.Edge> each : node.inputs().entrySet()) {
      Optional<SourceFlake.Declaration> said = flake.of(input, each.getKey());
      Optional<String> other =
          said.isPresent()
              ? otherEdge(said.get(), each.getValue(), lock, List.of())
              : Optional.of(each.getValue())
                  .filter(LockNode.Edge.Follows.class::isInstance)
                  .map(_ -> "`" + input + "/" + each.getKey() + "` follows by its own flake.nix");
      if (other.isPresent()) {
        return other;
      }
    }
    return Optional.empty();
  }

  /** Whether a source's own lock has something else for one of its inputs than the target's. */
  private Optional<String> otherThanOwn(
      SourceFlake.Declaration said, String input, LockNode.@Nullable Edge edge, FlakeLock own) {
    if (said.follows().isPresent()) {
      return Optional.empty();
    }
    boolean agrees =
        own.edge(said.path().getFirst()) instanceof LockNode.Edge.Direct(String theirs)
            && edge instanceof LockNode.Edge.Direct(String mine)
            && isSame(lock.existing(mine), input, own.existing(theirs), own);
    return agrees
        ? Optional.empty()
        : Optional.of("`" + input + "` locks its `" + said + "` at something else than before");
  }

  /** The target's lock is a tree, which this walks once. */
  private boolean isSame(LockNode mine, String input, LockNode theirs, FlakeLock own) {
    if (!mine.attributes().equals(theirs.attributes())
        || mine.attributes().containsKey("parent")
        || !mine.inputs().keySet().equals(theirs.inputs().keySet())) {
      return false;
    }
    for (Map.Entry<String, LockNode.Edge> each : mine.inputs().entrySet()) {
      boolean same =
          switch (each.getValue()) {
            case LockNode.Edge.Follows(List<String> path) ->
                theirs.inputs().get(each.getKey()) instanceof LockNode.Edge.Follows(var names)
                    && path.equals(under(List.of(input), names));
            case LockNode.Edge.Direct(String name) ->
                theirs.inputs().get(each.getKey()) instanceof LockNode.Edge.Direct(String other)
                    && isSame(lock.existing(name), input, own.existing(other), own);
          };
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
