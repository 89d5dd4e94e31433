package dev.flakerelay.local;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells when the queue is not where it was any more, once, with each job that it still has: these
 * go on, but would be lost with the end of this process.
 */
final class QueueCheck {
  private final JobQueue queue;
  private final EventLog log;
  private boolean lost;

  QueueCheck(JobQueue queue, EventLog log) {
    this.queue = queue;
    this.log = log;
  }

  /** Looks now. */
  void run() throws QueueUnavailableException {
    try {
      queue.check();
      if (lost) {
        lost = false;
        log.info("queue-found", Map.of());
      }
    } catch (QueueUnavailableException e) {
      if (!lost) {
        lost = true;
        tell(e.getMessage());
      }
    }
  }

  private void tell(String reason) throws QueueUnavailableException {
    log.error("queue-lost", Map.of("reason", reason));
    List<Message> unfinished = queue.unfinished();
    for (Message message : unfinished) {
      try {
        Job job = JobJson.read(message.body());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("job", job.id());
        fields.put("route", job.route());
        fields.put("target", job.target());
        fields.put("input", job.input());
        fields.put("requested", job.requested());
        job.delivery().ifPresent(delivery -> fields.put("delivery", delivery));
        log.warn("job-at-risk", fields);
      } catch (MalformedJobException e) {
        // Would be dropped in any case.
      }
    }
  }
}
