package dev.flakerelay.config;

/** What makes a route's locks. */
public enum EngineChoice {
  /** The forge's archive alone where that is enough, otherwise nix. */
  AUTO,
  /** nix, always. */
  NIX
}
