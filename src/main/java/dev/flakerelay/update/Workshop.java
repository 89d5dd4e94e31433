package dev.flakerelay.update;

import dev.flakerelay.nix.Nix;
import java.time.Duration;

/**
 * What an update works with.
 *
 * @param nix the nix program
 * @param repositories where targets and sources are
 * @param races how often one update starts again because the branch moved under it
 */
public record Workshop(Nix nix, Repositories repositories, int races) {
  private static final int DEFAULT_RACES = 5;

  /** What fetching and pushing may take besides nix, as their servers may be silent for a while. */
  private static final Duration BESIDES_NIX = Duration.ofMinutes(1);

  /** The same with five races at the most. */
  public Workshop(Nix nix, Repositories repositories) {
    this(nix, repositories, DEFAULT_RACES);
  }

  /** How long one commit takes at the most, or nearly so. */
  Duration longest() {
    return nix.longest().plus(BESIDES_NIX);
  }
}
