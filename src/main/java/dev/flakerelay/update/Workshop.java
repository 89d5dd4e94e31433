package dev.flakerelay.update;

import dev.flakerelay.nix.Nix;

/**
 * What an update works with.
 *
 * @param nix the nix program
 * @param repositories where targets and sources are
 * @param races how often one update starts again because the branch moved under it
 */
public record Workshop(Nix nix, Repositories repositories, int races) {
  private static final int DEFAULT_RACES = 5;

  /** The same with five races at the most. */
  public Workshop(Nix nix, Repositories repositories) {
    this(nix, repositories, DEFAULT_RACES);
  }
}
