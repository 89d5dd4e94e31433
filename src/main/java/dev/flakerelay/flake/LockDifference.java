package dev.flakerelay.flake;

import dev.flakerelay.VisibleText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Where two lock files differ.
 *
 * @param path the names that lead to the input
 * @param key what differs of it, such as {@code locked.rev}; empty: where it leads
 * @param before a text for people, as is the next
 */
public record LockDifference(String path, String key, String before, String after) {

  static LockDifference ofEdges(InputPath path, String before, String after) {
    return new LockDifference(
        path.toString(), "", VisibleText.word(before), VisibleText.word(after));
  }

  /** The attribute that tells most of what two nodes differ in; they do. */
  static LockDifference of(InputPath path, LockNode one, LockNode other) {
    for (String attribute : names(one.attributes().keySet(), other.attributes().keySet())) {
      JsonNode my = Objects.requireNonNullElse(one.attributes().get(attribute), missing());
      JsonNode their = Objects.requireNonNullElse(other.attributes().get(attribute), missing());
      if (my.isObject() && their.isObject()) {
        for (String key : names(my.propertyNames(), their.propertyNames())) {
          if (!my.path(key).equals(their.path(key))) {
            return of(path, attribute + "." + key, my.path(key), their.path(key));
          }
        }
      } else if (!my.equals(their)) {
        return of(path, attribute, my, their);
      }
    }
    return of(path, "attributes", missing(), missing());
  }

  private static LockDifference of(InputPath path, String key, JsonNode before, JsonNode after) {
    return new LockDifference(path.toString(), VisibleText.word(key), text(before), text(after));
  }

  /** What flake.nix asks for and the revision first: the rest comes from them. */
  private static Set<String> names(Iterable<String> some, Iterable<String> others) {
    Set<String> names = new LinkedHashSet<>();
    some.forEach(names::add);
    others.forEach(names::add);
    Set<String> sorted = new LinkedHashSet<>(List.of("original", "rev"));
    sorted.retainAll(names);
    sorted.addAll(names);
    return sorted;
  }

  private static JsonNode missing() {
    return MissingNode.getInstance();
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() ? "nothing" : VisibleText.word(value.asString(value.toString()));
  }

  /** Whether a flake.nix must have been changed for it: what nix makes of the same may differ. */
  public boolean isOfFlakes() {
    return !key.startsWith("locked") && !key.equals("parent");
  }

  /** {@code the input `app/lib` from X to Y (locked.rev)}. */
  @Override
  public String toString() {
    String of = key.isEmpty() ? "" : " (" + key + ")";
    return "the input `" + path + "` from " + before + " to " + after + of;
  }
}
