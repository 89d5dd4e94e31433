package dev.flakerelay.webhook;

import dev.flakerelay.config.Route;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Queues the jobs of dispatches, and says 202 only of what the queue has taken.
 *
 * @param listener is told each job that the queue has taken, and must not wait
 */
record DispatchQueue(JobQueue queue, InstantSource clock, Consumer<Job> listener) {

  /**
   * Queues what some routes make of a dispatch.
   *
   * @param delivery its id
   * @param proof a hash of what proves who sent it, for {@link JobQueue#send(List, String)}
   * @throws MalformedDeliveryException if the dispatch names its revision or version wrongly
   */
  Answer take(Dispatch dispatch, List<Route> routes, String delivery, String proof)
      throws MalformedDeliveryException {
    List<Job> jobs = Router.jobs(routes, dispatch, delivery, clock.instant());
    try {
      Set<String> known = queue.send(jobs, proof);
      jobs.stream().filter(job -> !known.contains(job.id())).forEach(listener);
      return Answer.accepted(
          jobs.stream().map(job -> Accepted.of(job, known.contains(job.id()))).toList());
    } catch (QueueUnavailableException | RuntimeException e) {
      return Answer.unavailable("the queue did not take it, nothing was accepted: send it again")
          .about("cause", String.valueOf(e.getMessage()));
    }
  }
}
