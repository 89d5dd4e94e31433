package dev.flakerelay.update;

import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;

/**
 * Names the source on whose behalf a message's work is done, so that the time it takes can be
 * counted: all branches of one repository are one source.
 *
 * @param config says which route has which source
 */
public record Sources(Config config) {
  /**
   * The repository that the message's route names as its {@code source}; where it names none, the
   * route and the input. Empty for what is no job.
   */
  public String of(Message message) {
    try {
      Job job = JobJson.read(message.body());
      Route route = config.routes().get(job.route());
      String input = "route " + job.route() + " input " + job.input();
      return route == null ? input : route.source().map(SourceBranch::url).orElse(input);
    } catch (MalformedJobException e) {
      return "";
    }
  }
}
