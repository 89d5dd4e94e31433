package dev.flakerelay.flake;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Writes a lock file as nix does, byte for byte: keys in the order of their bytes, two spaces for
 * each level, and nodes named after the inputs that lead to them, with a number where a name is
 * taken. (What nix writes of a graph does not depend on anything else; there is one form.)
 */
final class LockWriter {
  /** Deeper ones nobody has. */
  private static final int DEEPEST = 200;

  private final FlakeLock lock;
  private final Set<String> visited = new HashSet<>();
  private final Set<String> keys = new HashSet<>();
  private final Map<String, Map<String, Object>> nodes = new TreeMap<>();
  private boolean hasOneForm = true;

  private LockWriter(FlakeLock lock) {
    this.lock = lock;
  }

  /**
   * The file.
   *
   * @return empty if nix would not write this graph: two inputs lead to the same node
   */
  static Optional<byte[]> write(FlakeLock lock) {
    LockWriter writer = new LockWriter(lock);
    String root = writer.add("root", "", lock.root(), 0);
    if (!writer.hasOneForm) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    Map<String, Object> file = new TreeMap<>();
    file.put("nodes", writer.nodes);
    file.put("root", root);
    file.put("version", lock.version());
    value(text, file, 0);
    return Optional.of(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
  }

  private String add(String wanted, String name, LockNode node, int depth) {
    hasOneForm &= visited.add(name) && depth < DEEPEST;
    if (!hasOneForm) {
      return wanted;
    }
    String key = wanted;
    for (int i = 2; !keys.add(key); i++) {
      key = wanted + "_" + i;
    }
    Map<String, Object> members = new TreeMap<>(node.attributes());
    Map<String, Object> inputs = new TreeMap<>();
    for (Map.Entry<String, LockNode.Edge> edge : new TreeMap<>(node.inputs()).entrySet()) {
      inputs.put(
          edge.getKey(),
          switch (edge.getValue()) {
            case LockNode.Edge.Direct(String next) ->
                add(edge.getKey(), next, lock.existing(next), depth + 1);
            case LockNode.Edge.Follows(var path) -> path;
          });
    }
    if (!inputs.isEmpty()) {
      members.put("inputs", inputs);
    }
    nodes.put(key, members);
    return key;
  }

  private static void value(StringBuilder text, Object value, int depth) {
    switch (value) {
      case Map<?, ?> members -> members(text, members, depth);
      case Iterable<?> items when !(value instanceof JsonNode) -> items(text, items, depth);
      case JsonNode json when json.isObject() -> {
        Map<String, JsonNode> sorted = new TreeMap<>();
        json.properties().forEach(each -> sorted.put(each.getKey(), each.getValue()));
        members(text, sorted, depth);
      }
      case JsonNode json when json.isArray() -> items(text, json, depth);
      case JsonNode json when json.isString() -> string(text, json.stringValue());
      case String string -> string(text, string);
      default -> text.append(value);
    }
  }

  private static void members(StringBuilder text, Map<?, ?> members, int depth) {
    String separator = "{";
    for (Map.Entry<?, ?> each : members.entrySet()) {
      line(text.append(separator), depth + 1);
      string(text, (String) each.getKey());
      value(text.append(": "), each.getValue(), depth + 1);
      separator = ",";
    }
    end(text, members.isEmpty(), '{', '}', depth);
  }

  private static void items(StringBuilder text, Iterable<?> items, int depth) {
    String separator = "[";
    for (Object each : items) {
      line(text.append(separator), depth + 1);
      value(text, each, depth + 1);
      separator = ",";
    }
    end(text, separator.equals("["), '[', ']', depth);
  }

  private static void end(StringBuilder text, boolean isEmpty, char open, char close, int depth) {
    if (isEmpty) {
      text.append(open);
    } else {
      line(text, depth);
    }
    text.append(close);
  }

  private static void line(StringBuilder text, int depth) {
    text.append('\n').repeat("  ", depth);
  }

  /** As nlohmann's JSON for Modern C++ writes it, which nix uses. */
  private static void string(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char each = value.charAt(i);
      switch (each) {
        case '"', '\\' -> text.append('\\').append(each);
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (each < ' ') {
            text.append("\\u%04x".formatted((int) each));
          } else {
            text.append(each);
          }
        }
      }
    }
    text.append('"');
  }
}
