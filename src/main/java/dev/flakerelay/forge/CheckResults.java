package dev.flakerelay.forge;

import java.util.List;

/**
 * What a forge's checks say of a commit, ours left out.
 *
 * @param succeeded names of those that succeeded, or had nothing to do
 * @param pending names of those that have not ended
 * @param failed names of those that ended otherwise
 */
public record CheckResults(List<String> succeeded, List<String> pending, List<String> failed) {
  /** What the contexts of statuses that flake-relay sets begin with. */
  public static final String OWN = "flake-relay/";

  /** Whether nothing has checked the commit. */
  public boolean isEmpty() {
    return succeeded.isEmpty() && pending.isEmpty() && failed.isEmpty();
  }
}
