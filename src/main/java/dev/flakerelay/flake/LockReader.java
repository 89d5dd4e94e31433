package dev.flakerelay.flake;

import dev.flakerelay.PermanentException;
import dev.flakerelay.VisibleText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes a {@link FlakeLock} of the bytes of a file that may be anything. */
public final class LockReader {
  /** The largest file that is read; those of the largest public flakes are a tenth of it. */
  public static final int MOST_BYTES = 4 << 20;

  private static final int MOST_NODES = 20_000;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private LockReader() {}

  /** The bytes of a lock file; no more of a larger one than shows that it is too large. */
  public static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES + 1);
    }
  }

  static FlakeLock read(byte[] bytes) throws PermanentException {
    if (bytes.length > MOST_BYTES) {
      throw new PermanentException(
          "flake.lock is too large: at most " + MOST_BYTES + " bytes are read");
    }
    try {
      JsonNode file = JSON.readTree(bytes);
      int count = file.path("nodes").size();
      if (count > MOST_NODES) {
        throw new PermanentException(
            "flake.lock has " + count + " nodes: at most " + MOST_NODES + " are read");
      }
      int version = file.path("version").asInt(0);
      if (version < 5 || version > 7) {
        throw new PermanentException(
            "flake.lock has version "
                + VisibleText.word(file.path("version").toString())
                + ": versions 5 to 7 are known");
      }
      Map<String, LockNode> nodes = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> node : file.path("nodes").properties()) {
        nodes.put(node.getKey(), node(node.getValue()));
      }
      LockNode root = nodes.get(file.path("root").asString(""));
      if (root == null) {
        throw new PermanentException("flake.lock names no root node: run `nix flake lock`");
      }
      for (LockNode node : nodes.values()) {
        for (LockNode.Edge edge : node.inputs().values()) {
          if (edge instanceof LockNode.Edge.Direct(String name) && !nodes.containsKey(name)) {
            throw new PermanentException(
                "flake.lock leads to the node `"
                    + VisibleText.word(name)
                    + "`, which it lacks: run `nix flake lock`");
          }
        }
      }
      return new FlakeLock(version, root, nodes);
    } catch (JacksonException e) {
      throw new PermanentException(
          "flake.lock is not the JSON that nix writes ("
              + VisibleText.word(e.getOriginalMessage())
              + ")",
          e);
    }
  }

  private static LockNode node(JsonNode json) {
    Map<String, LockNode.Edge> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> input : json.path("inputs").properties()) {
      inputs.put(input.getKey(), edge(input.getValue()));
    }
    Map<String, JsonNode> attributes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> attribute : json.properties()) {
      if (!attribute.getKey().equals("inputs")) {
        attributes.put(attribute.getKey(), attribute.getValue());
      }
    }
    return new LockNode(inputs, attributes);
  }

  private static LockNode.Edge edge(JsonNode json) {
    if (!json.isArray()) {
      return new LockNode.Edge.Direct(json.asString(""));
    }
    List<String> path = new ArrayList<>();
    json.forEach(name -> path.add(name.asString("")));
    return new LockNode.Edge.Follows(List.copyOf(path));
  }
}
