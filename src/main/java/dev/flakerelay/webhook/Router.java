package dev.flakerelay.webhook;

import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.queue.Job;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** From a delivery to its dispatch and from there to its jobs, as the configuration says. */
final class Router {
  private static final String REPOSITORY = "repository.full_name";

  private final List<Route> routes;

  Router(Config config) {
    this.routes = List.copyOf(config.routes().values());
  }

  /**
   * What a delivery comes to. One that can't concern any route is ignored whatever else is in it:
   * of an event or a repository that none waits for, or of no repository, as an organisation's.
   *
   * @throws MalformedDeliveryException if it may concern a route, and is not what GitHub documents
   */
  Event read(Delivery delivery) throws MalformedDeliveryException {
    String event = delivery.event();
    if (event.equals("ping")) {
      return new Event.Ignored(event);
    }
    if (triggers().noneMatch(trigger -> trigger.event().equals(event))) {
      return new Event.Ignored(
          "no route waits for the event "
              + event
              + "; routes wait for "
              + listed(triggers().map(Trigger::event)));
    }
    Payload payload = delivery.payload();
    Optional<RepositoryName> repository = payload.repository(REPOSITORY);
    if (repository.isEmpty()) {
      return new Event.Ignored("a " + event + " of no repository: " + REPOSITORY + " is missing");
    }
    return triggers().anyMatch(trigger -> trigger.concerns(event, repository.get()))
        ? GitHubEvents.read(event, repository.get(), payload)
        : ignored(event + " of " + repository.get(), event);
  }

  /** Says what was received, and what of this event routes wait for. */
  Event.Ignored ignored(Dispatch dispatch) {
    return ignored(dispatch.trigger().summary(), dispatch.trigger().event());
  }

  private Event.Ignored ignored(String received, String event) {
    Stream<String> waitedFor =
        triggers().filter(trigger -> trigger.event().equals(event)).map(Trigger::summary);
    return new Event.Ignored(
        "no route waits for "
            + VisibleText.brief(received)
            + "; routes wait for "
            + listed(waitedFor));
  }

  private Stream<Trigger> triggers() {
    return routes.stream().flatMap(route -> route.when().stream());
  }

  private static String listed(Stream<String> what) {
    return VisibleText.brief(what.distinct().sorted().collect(Collectors.joining(", ")));
  }

  /** The routes that wait for the dispatch, in the configuration's order. */
  List<Route> waitingFor(Dispatch dispatch) {
    return routes.stream()
        .filter(route -> route.when().stream().anyMatch(dispatch::matches))
        .toList();
  }

  /**
   * One job for each input of each target of the routes, in their order. What two routes ask for
   * alike is done once, for the first of them; what one asks for in any case, for that one.
   *
   * @throws MalformedDeliveryException if the dispatch names its revision or version wrongly
   */
  static List<Job> jobs(List<Route> routes, Dispatch dispatch, String delivery, Instant now)
      throws MalformedDeliveryException {
    Revision revision = dispatch.revision();
    Map<String, Job> jobs = new LinkedHashMap<>();
    for (Route route : routes) {
      Job.Wanted wanted = new Job.Wanted(revision, dispatch.tag(), dispatch.version(route));
      Job.Request request =
          new Job.Request(Job.Cause.DELIVERY, Optional.of(delivery), now, dispatch.unlisted(route));
      for (Target target : route.targets()) {
        for (String input : target.inputs()) {
          Job job = new Job(route.name(), target.flake(), input, wanted, request, 1);
          jobs.putIfAbsent(job.id(), job);
        }
      }
    }
    return jobs.values().stream()
        .filter(job -> job.push().isEmpty() || !jobs.containsKey(job.inAnyCase().id()))
        .toList();
  }
}
