package dev.flakerelay.flake;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * One node of a lock file's graph.
 *
 * @param inputs what the node's flake calls its inputs, and where each leads
 * @param attributes everything else: {@code locked}, {@code original}, {@code flake}, {@code
 *     parent}
 */
public record LockNode(Map<String, Edge> inputs, Map<String, JsonNode> attributes) {
  /** What was never locked. */
  public static final LockNode EMPTY = new LockNode(Map.of(), Map.of());

  /** Where an input leads. */
  sealed interface Edge {
    /** To a node of its own. */
    record Direct(String node) implements Edge {}

    /**
     * To what another input leads to ({@code inputs.x.follows}); a path of input names from the
     * root.
     */
    record Follows(List<String> path) implements Edge {}
  }

  /** What flake.nix asks for and what it was locked to, as far as this node has either. */
  public Stream<JsonNode> references() {
    return Stream.of("original", "locked").flatMap(key -> Stream.ofNullable(attributes.get(key)));
  }

  /** Whether flake.nix asked for the same as another one did for another node. */
  boolean isAskedForLike(LockNode other) {
    return Objects.equals(attributes.get("original"), other.attributes.get("original"))
        && isFlake() == other.isFlake();
  }

  /** Whether {@code original} is this reference. */
  public boolean isAskedForBy(JsonNode reference) {
    return reference.equals(attributes.get("original"));
  }

  /** What it was locked to. */
  public Optional<JsonNode> locked() {
    return Optional.ofNullable(attributes.get("locked"));
  }

  /** The names of the inputs that follow others. */
  public Set<String> following() {
    return following(_ -> true);
  }

  /** The names of the inputs that follow what is not below an input of the root. */
  public Set<String> followingOutOf(String input) {
    return following(path -> path.isEmpty() || !path.getFirst().equals(input));
  }

  private Set<String> following(Predicate<List<String>> which) {
    return inputs.entrySet().stream()
        .filter(edge -> edge.getValue() instanceof Edge.Follows(var path) && which.test(path))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Whether nix reads a flake.nix in it. */
  public boolean isFlake() {
    JsonNode flake = attributes.get("flake");
    return flake == null || flake.asBoolean(true);
  }

  Optional<String> text(String object, String attribute) {
    JsonNode value = attributes.get(object);
    return value == null || !value.path(attribute).isString()
        ? Optional.empty()
        : Optional.of(value.path(attribute).stringValue());
  }
}
