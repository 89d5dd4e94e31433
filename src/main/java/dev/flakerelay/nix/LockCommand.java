package dev.flakerelay.nix;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The arguments with which nix makes a lock. */
final class LockCommand {
  private LockCommand() {}

  /**
   * Updating has nix take what is below an input from that input's own flake.lock; an override
   * alone would keep what the target has, or not, depending on nix's version.
   *
   * @param overrides references by input name; none: only what is not locked yet is
   * @param flake its URL
   */
  static List<String> of(Map<String, String> overrides, String flake) {
    if (overrides.isEmpty()) {
      return List.of("flake", "lock", flake); // to update none is to update all
    }
    List<String> command = new ArrayList<>(List.of("flake", "update"));
    new TreeMap<>(overrides)
        .forEach(
            (input, reference) ->
                command.addAll(List.of(input, "--override-input", input, reference)));
    command.addAll(List.of("--flake", flake));
    return command;
  }
}
