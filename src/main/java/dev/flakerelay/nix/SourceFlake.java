package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a flake's flake.nix and flake.lock ask for, as data, before nix follows any of it.
 *
 * @param reference which flake it is, as an object
 * @param declarations what flake.nix says of its inputs, and of theirs
 * @param lock flake.lock, if there is one
 */
record SourceFlake(JsonNode reference, List<Declaration> declarations, Optional<FlakeLock> lock) {

  /**
   * What a flake.nix says of an input.
   *
   * @param path its name, or the names that lead to an input of an input
   * @param reference what it asks for; empty if it follows another
   * @param isFlake whether nix will read a flake.nix in it
   */
  record Declaration(List<String> path, Optional<JsonNode> reference, boolean isFlake) {
    @Override
    public String toString() {
      return String.join("/", path);
    }
  }

  /** Reads what {@link FlakeReader} had nix write. */
  static SourceFlake of(JsonNode json) throws PermanentException {
    List<Declaration> declarations = new ArrayList<>();
    for (JsonNode each : json.path("declarations")) {
      JsonNode reference = each.path("reference");
      declarations.add(
          new Declaration(
              each.path("path").valueStream().map(JsonNode::asString).toList(),
              reference.isObject() ? Optional.of(reference) : Optional.empty(),
              each.path("flake").asBoolean(true)));
    }
    JsonNode lock = json.path("lock");
    return new SourceFlake(
        json.path("reference"),
        List.copyOf(declarations),
        lock.isString()
            ? Optional.of(FlakeLock.parse(lock.stringValue().getBytes(StandardCharsets.UTF_8)))
            : Optional.empty());
  }
}
