package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import dev.flakerelay.VisibleText;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Lets pass what a source's flake asks for only where the {@link FetchPolicy} allows it, or where
 * the target has it locked already.
 *
 * <p>It is asked twice. Before nix locks anything: for what {@link FlakeSurvey} finds, so that none
 * of it is fetched or read. And for the new lock, whatever it came from.
 *
 * <p>An example: the target has the input A, A asks for B, and B for C. A B from a host that is not
 * allowed passes if the target's flake.lock names that very B; otherwise A is refused before nix
 * fetches B. If B's branch moves after the survey and then asks for another C, the new lock names
 * that, and is refused.
 */
final class LockGate {
  private final FetchPolicy policy;
  private final Set<JsonNode> known = new HashSet<>();
  private final KnownRepositories repositories;

  /**
   * A gate.
   *
   * @param before the target's lock as it is
   * @param repositories is told of every reference that may be followed
   */
  LockGate(FetchPolicy policy, FlakeLock before, KnownRepositories repositories) {
    this.policy = policy;
    this.repositories = repositories;
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
   * Checks everything that a flake asks for.
   *
   * @param overruled its inputs of which other flakes say what they are
   * @param name for the message
   * @throws PermanentException naming the first input that may not be
   */
  void check(SourceFlake flake, Set<List<String>> overruled, String name)
      throws PermanentException {
    for (SourceFlake.Declaration each : flake.declarations()) {
      if (each.reference().isPresent() && !overruled.contains(each.path())) {
        check(each.reference().get(), "the input `" + each + "` of " + name);
      }
    }
    if (flake.lock().isPresent()) {
      check(flake.lock().get(), "the flake.lock of " + name);
    }
  }

  private void check(JsonNode reference, String whose) throws PermanentException {
    Optional<String> objection =
        known.contains(reference)
            ? Optional.empty()
            : policy.objection(reference).or(() -> repositories.objection(reference));
    if (objection.isPresent()) {
      // Names and addresses are a stranger's.
      throw new PermanentException(VisibleText.of(whose + " " + objection.get()));
    }
    repositories.saw(reference);
  }
}
