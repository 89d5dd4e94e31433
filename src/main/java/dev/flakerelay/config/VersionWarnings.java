package dev.flakerelay.config;

import dev.flakerelay.config.message.Placeholder;
import dev.flakerelay.config.yaml.Place;
import dev.flakerelay.config.yaml.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Finds routes whose commits will hardly ever show a version. One revision of one input is queued
 * once: if a delivery that names no version comes first, the one that names it is a duplicate.
 */
final class VersionWarnings {
  private final Collection<Route> routes;

  VersionWarnings(Collection<Route> routes) {
    this.routes = routes;
  }

  /** One warning for each such route, at its {@code when}. */
  List<Problem> find() {
    List<Problem> warnings = new ArrayList<>();
    for (Route route : routes) {
      Optional<Trigger> versioned =
          route.when().stream().filter(Trigger::bringsVersion).findFirst();
      if (versioned.isPresent() && route.commit().message().names(Placeholder.VERSION)) {
        rival(route).map(rival -> warning(route, versioned.get(), rival)).ifPresent(warnings::add);
      }
    }
    return warnings;
  }

  /** What asks for the same as the route, without a version. */
  private Optional<Trigger> rival(Route route) {
    return routes.stream()
        .filter(other -> other.targets().stream().anyMatch(target -> updates(route, target)))
        .flatMap(other -> other.when().stream())
        .filter(trigger -> !trigger.bringsVersion())
        .findFirst();
  }

  private static boolean updates(Route route, Target target) {
    return route.targets().stream()
        .anyMatch(
            own ->
                own.flake().equals(target.flake())
                    && !Collections.disjoint(own.inputs(), target.inputs()));
  }

  private static Problem warning(Route route, Trigger versioned, Trigger rival) {
    return new Problem(
        Place.WHOLE_FILE,
        "routes." + route.name() + ".when",
        "the message names {version}, but where \""
            + rival.summary()
            + "\" comes first, \""
            + versioned.summary()
            + "\" for the same commit is a duplicate and its version is not shown:"
            + " wait for only one of them");
  }
}
