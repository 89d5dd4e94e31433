package dev.flakerelay.config;

import dev.flakerelay.config.name.LanguageFeature;
import java.util.List;
import java.util.Map;

/**
 * Everything that {@code relay.yaml} says; valid by construction.
 *
 * @param secrets where the webhook's secrets and the Git token are found
 * @param routes the routes by name, in the file's order
 * @param network where flakes may be fetched from, and how
 * @param nixFeatures as {@link LanguageFeature} reads them
 */
public record Config(
    Secrets secrets, Map<String, Route> routes, Network network, List<String> nixFeatures) {
  /** A configuration that says nothing of nix. */
  public Config(Secrets secrets, Map<String, Route> routes, Network network) {
    this(secrets, routes, network, List.of());
  }

  /** What works, but hardly as it was meant. */
  public List<Problem> warnings() {
    return new VersionWarnings(routes.values()).find();
  }
}
