package dev.flakerelay.config;

import dev.flakerelay.ForgeHosts;
import dev.flakerelay.config.name.LanguageFeature;
import dev.flakerelay.config.yaml.Place;
import dev.flakerelay.config.yaml.Problem;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Everything that {@code relay.yaml} says; valid by construction.
 *
 * @param secrets where the webhook's secrets and the Git token are found
 * @param routes the routes by name, in the file's order
 * @param network where flakes may be fetched from, and how
 * @param nixFeatures as {@link LanguageFeature} reads them
 * @param forges what is at hosts whose names do not tell
 * @param receivers who is told of outcomes
 * @param endpoint how senders reach it
 */
public record Config(
    Secrets secrets,
    Map<String, Route> routes,
    Network network,
    List<String> nixFeatures,
    ForgeHosts forges,
    List<Receiver> receivers,
    PublicEndpoint endpoint) {
  /** A configuration that says no more than it must. */
  public Config(Secrets secrets, Map<String, Route> routes, Network network) {
    this(secrets, routes, network, List.of(), ForgeHosts.DEFAULT, List.of(), PublicEndpoint.NONE);
  }

  /** What the routes wait for. */
  public Stream<Trigger> triggers() {
    return routes.values().stream().flatMap(route -> route.when().stream());
  }

  /** Whether the outcomes of a route are written on its source's commits. */
  public boolean reports(Route route) {
    return route.report().orElse(secrets.gitHubApp().isPresent());
  }

  /** What works, but hardly as it was meant. */
  public List<Problem> warnings() {
    return Stream.concat(
            new VersionWarnings(routes.values()).find().stream(),
            routes.values().stream().filter(Route::hasIdleProposalStyle).map(Config::idle))
        .toList();
  }

  private static Problem idle(Route route) {
    return new Problem(
        Place.WHOLE_FILE,
        "routes." + route.name() + ".pull-request",
        "the route pushes: it has an effect with `publish: pull-request` alone");
  }
}
