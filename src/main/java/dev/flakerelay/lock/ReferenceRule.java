package dev.flakerelay.lock;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A further rule on references that a {@link LockGate} asks, and tells of those that pass. */
public interface ReferenceRule {
  /** Why a reference may not be followed; empty if it may. */
  Optional<String> objection(JsonNode reference);

  /** A reference was looked at, and may be followed. */
  void saw(JsonNode reference);
}
