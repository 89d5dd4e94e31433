package dev.flakerelay.webhook;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.queue.Job;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From a dispatch to its jobs, as the configuration says. */
final class Router {
  private final List<Route> routes;

  Router(Config config) {
    this.routes = List.copyOf(config.routes().values());
  }

  /** The routes that wait for the dispatch, in the configuration's order. */
  List<Route> waitingFor(Dispatch dispatch) {
    return routes.stream()
        .filter(route -> route.when().stream().anyMatch(dispatch::matches))
        .toList();
  }

  /**
   * One job for each input of each target of the routes, in their order. What two routes ask for
   * alike is done once, for the first of them.
   */
  static List<Job> jobs(
      List<Route> routes,
      Revision revision,
      Optional<Version> version,
      String delivery,
      Instant now) {
    Map<String, Job> jobs = new LinkedHashMap<>();
    for (Route route : routes) {
      for (Target target : route.targets()) {
        for (String input : target.inputs()) {
          Job job =
              new Job(
                  route.name(),
                  target.repository(),
                  target.branch(),
                  target.directory(),
                  input,
                  revision,
                  version.map(Version::text),
                  Optional.of(delivery),
                  Job.Cause.DELIVERY,
                  1,
                  now);
          jobs.putIfAbsent(job.id(), job);
        }
      }
    }
    return List.copyOf(jobs.values());
  }
}
