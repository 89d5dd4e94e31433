package dev.flakerelay.lock;

import dev.flakerelay.PermanentException;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.InputTree;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.flake.Origin;
import dev.flakerelay.flake.SourceFlake;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Lets pass what a source's flake asks for only where the {@link FetchPolicy} allows it, or where
 * the target has it locked already.
 *
 * <p>It is asked twice. Before nix locks anything: for what {@code FlakeSurvey} finds, so that none
 * of it is fetched or read. And for the new lock, whatever it came from.
 *
 * <p>An example: the target has the input A, A asks for B, and B for C. A B from a host that is not
 * allowed passes if the target's flake.lock names that very B; otherwise A is refused before nix
 * fetches B. If B's branch moves after the survey and then asks for another C, the new lock names
 * that, and is refused.
 */
public final class LockGate {
  /** Of one attribute of a reference; addresses of the web are cut off there by many. */
  public static final int MOST_CHARACTERS = 4_096;

  /** How many paths within a source may lead from one to the next. */
  private static final int MOST_FOLDERS = 20;

  private static final Path OUTSIDE = Path.of("..");

  private final FetchPolicy policy;
  private final Set<JsonNode> known = new HashSet<>();
  private final Set<JsonNode> own = new HashSet<>();
  private final ReferenceRule rule;

  /**
   * A gate.
   *
   * @param before the target's lock as it is
   * @param rule is asked of new references, and told of every one that may be followed
   */
  public LockGate(FetchPolicy policy, FlakeLock before, ReferenceRule rule) {
    this.policy = policy;
    this.rule = rule;
    before.nodes().stream().flatMap(LockNode::references).forEach(known::add);
  }

  /** Lets pass, at any revision, what the target's own flake.nix asks for in a source's place. */
  public void vouch(JsonNode reference) {
    own.add(FetchPolicy.still(reference));
    rule.saw(reference);
  }

  /**
   * Checks everything that a lock file leads to.
   *
   * @param whose for the message, such as {@code the flake.lock of github:owner/name}
   * @throws PermanentException naming the first node that may not be
   */
  public void check(FlakeLock lock, String whose) throws PermanentException {
    Set<LockNode> own = own(lock);
    for (LockNode node : lock.nodes()) {
      check(lock, own, node, whose);
    }
  }

  /**
   * Checks what the inputs of a new lock lead to. The inputs themselves are what the target's own
   * flake.nix names: {@link LockProof} tells those that may not change.
   *
   * @throws PermanentException naming the first node that may not be
   */
  public void checkNew(FlakeLock lock) throws PermanentException {
    Set<LockNode> own = own(lock);
    for (LockNode node : lock.nodes()) {
      if (!own.contains(node)) {
        check(lock, own, node, "the new flake.lock");
      }
    }
  }

  private static Set<LockNode> own(FlakeLock lock) {
    Set<LockNode> own = Collections.newSetFromMap(new IdentityHashMap<>());
    own.addAll(lock.ownNodes());
    return own;
  }

  private void check(FlakeLock lock, Set<LockNode> own, LockNode node, String whose)
      throws PermanentException {
    if (leadsOut(lock, own, node)) {
      throw new PermanentException(
          whose + " asks for " + origin(node) + ", which leads out of its source");
    }
    for (JsonNode reference : node.references().toList()) {
      check(reference, whose);
    }
  }

  /**
   * Checks everything that a flake asks for.
   *
   * @param overruled its inputs of which other flakes say what they are
   * @param name for the message
   * @throws PermanentException naming the first input that may not be
   */
  public void check(SourceFlake flake, InputTree overruled, String name) throws PermanentException {
    for (JsonNode submodule : flake.submodules()) {
      check(submodule, "a submodule of " + name);
    }
    for (SourceFlake.Declaration each : flake.declarations()) {
      if (each.reference().isPresent() && !overruled.names(each.path())) {
        check(each.reference().get(), "the input `" + each + "` of " + name);
      }
    }
    if (flake.lock().isPresent()) {
      check(flake.lock().get(), "the flake.lock of " + name);
    }
  }

  /** A path within a source that a lock file names may not be one out of it. */
  private boolean leadsOut(FlakeLock lock, Set<LockNode> own, LockNode node) {
    return node.locked().filter(locked -> !known.contains(locked)).isPresent()
        && folder(lock, own, node, MOST_FOLDERS).filter(path -> path.startsWith("..")).isPresent();
  }

  /** Where a node's flake.nix is in its source; empty for one that the file's own flake names. */
  private static Optional<Path> folder(FlakeLock lock, Set<LockNode> own, LockNode node, int most) {
    JsonNode locked = node.locked().orElse(MissingNode.getInstance());
    Path folder = path(locked, "dir");
    if (!Origin.of(locked).isRelative()) {
      return Optional.of(folder);
    }
    JsonNode parent = node.attributes().get("parent");
    List<String> names =
        parent == null ? List.of() : parent.valueStream().map(name -> name.asString("")).toList();
    if (names.isEmpty() && own.contains(node)) {
      return Optional.empty();
    }
    Optional<LockNode> asking = names.isEmpty() ? Optional.empty() : lock.at(names);
    Optional<Path> above = Optional.of(most == 0 ? OUTSIDE : Path.of(""));
    if (most > 0 && asking.isPresent()) {
      above = folder(lock, own, asking.get(), most - 1);
    }
    return above.map(place -> place.resolve(path(locked, "path")).resolve(folder).normalize());
  }

  private static Path path(JsonNode reference, String attribute) {
    try {
      return Path.of(reference.path(attribute).asString(""));
    } catch (InvalidPathException e) {
      return OUTSIDE;
    }
  }

  private static String origin(LockNode node) {
    return node.locked().map(Origin::of).map(Origin::text).orElse("nothing");
  }

  private void check(JsonNode reference, String whose) throws PermanentException {
    if (!known.contains(reference) && !isOwn(reference)) {
      if (reference.valueStream().anyMatch(LockGate::isTooLong)) {
        throw new PermanentException(
            whose + " has a reference of more than " + MOST_CHARACTERS + " characters");
      }
      Optional<String> objection = policy.objection(reference).or(() -> rule.objection(reference));
      if (objection.isPresent()) {
        throw new PermanentException(whose + " " + objection.get());
      }
    }
    rule.saw(reference);
  }

  /** Of Git's repositories nix notes the branch as well, named or not. */
  private boolean isOwn(JsonNode reference) {
    JsonNode still = FetchPolicy.still(reference);
    return own.contains(still)
        || (still.isObject() && own.contains(still.deepCopy().asObject().without("ref")));
  }

  private static boolean isTooLong(JsonNode value) {
    return value.asString("").length() > MOST_CHARACTERS;
  }
}
