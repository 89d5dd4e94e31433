package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Lets pass what a source's flake asks for only where the {@link FetchPolicy} allows it, or where
 * the target has it locked already.
 *
 * <p>It is asked twice. Before nix locks anything: for the inputs that the source's own flake.nix
 * and flake.lock name, so that none of them is fetched or read. And for the new lock, whatever it
 * came from: inputs of inputs that no lock file had are seen here only, when nix has followed them
 * already. A path read in this way left no more than a hash in a lock that is thrown away; the
 * network was guarded by the {@link FetchProxy} all the time.
 */
final class LockGate {
  private final FetchPolicy policy;
  private final Set<JsonNode> known = new HashSet<>();

  LockGate(FetchPolicy policy, FlakeLock before) {
    this.policy = policy;
    before.nodes().stream().flatMap(LockNode::references).forEach(known::add);
  }

  /**
   * Checks everything that a lock file leads to.
   *
   * @param whose for the message, such as {@code the new flake.lock}
   * @throws PermanentException naming the first node that may not be
   */
  void check(FlakeLock lock, String whose) throws PermanentException {
    for (LockNode node : lock.nodes()) {
      for (JsonNode reference : node.references().toList()) {
        check(reference, whose);
      }
    }
  }

  /**
   * Checks everything that a source asks for.
   *
   * @param overruled names of its inputs that the target makes follow others
   * @param reference for the message
   * @throws PermanentException naming the first input that may not be
   */
  void check(SourceFlake source, Set<String> overruled, String reference)
      throws PermanentException {
    for (Map.Entry<String, JsonNode> input : source.inputs().entrySet()) {
      if (!overruled.contains(input.getKey())) {
        check(input.getValue(), "the input `" + input.getKey() + "` of " + reference);
      }
    }
    if (source.lock().isPresent()) {
      check(source.lock().get(), "the flake.lock of " + reference);
    }
  }

  private void check(JsonNode reference, String whose) throws PermanentException {
    Optional<String> objection =
        known.contains(reference) ? Optional.empty() : policy.objection(reference);
    if (objection.isPresent()) {
      throw new PermanentException(whose + " " + objection.get());
    }
  }
}
