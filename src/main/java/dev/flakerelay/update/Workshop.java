package dev.flakerelay.update;

import dev.flakerelay.config.Network;
import dev.flakerelay.nix.FetchRules;
import dev.flakerelay.nix.Nix;
import java.time.Duration;

/**
 * What an update works with.
 *
 * @param nix the nix program
 * @param repositories where targets and sources are
 */
public record Workshop(Nix nix, Repositories repositories) {
  /** What fetching and pushing may take besides nix, as their servers may be silent for a while. */
  private static final Duration BESIDES_NIX = Duration.ofMinutes(1);

  /** What the configuration lets nix fetch. */
  public static FetchRules rules(Network network) {
    return new FetchRules(network.allow(), network.schemes(), network.privateRepositories());
  }

  /** How long one commit takes at the most, or nearly so. */
  Duration longest() {
    return nix.longest().plus(BESIDES_NIX);
  }
}
