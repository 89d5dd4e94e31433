package dev.flakerelay.update;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.queue.Job;
import java.util.ArrayList;
import java.util.List;

/**
 * A job together with what the configuration says of it. A message alone moves nothing: only what a
 * route names is done.
 *
 * @param job the job
 * @param route its route
 * @param target the route's target that the job names
 */
public record Assignment(Job job, Route route, Target target) {

  static Assignment of(Config config, Job job) throws PermanentException {
    Route route = config.routes().get(job.route());
    if (route == null) {
      throw new PermanentException(
          "the configuration has no route `" + job.route() + "` any more: nothing was changed");
    }
    for (Target target : route.targets()) {
      if (target.flake().equals(job.flake()) && target.inputs().contains(job.input())) {
        return new Assignment(job, route, target);
      }
    }
    throw new PermanentException(
        "the route `"
            + job.route()
            + "` does not name the input `"
            + job.input()
            + "` of "
            + job.target()
            + " any more: nothing was changed");
  }

  /** What the same dispatch asks for: the route's other inputs of the same flake, and this one. */
  public List<Assignment> ofSameDispatch() {
    List<Assignment> all = new ArrayList<>();
    for (Target each : route.targets()) {
      if (each.flake().equals(job.flake())) {
        each.inputs().forEach(input -> all.add(new Assignment(job.of(input), route, each)));
      }
    }
    return List.copyOf(all);
  }

  /** The same once it is known which commit is meant. */
  Assignment at(Revision commit) {
    return new Assignment(job.at(commit), route, target);
  }

  /** Whether one dispatch asked for both, so that one commit can do both. */
  boolean belongsWith(Assignment other) {
    return route.name().equals(other.route.name())
        && job.revision().equals(other.job.revision())
        && job.delivery().equals(other.job.delivery());
  }
}
