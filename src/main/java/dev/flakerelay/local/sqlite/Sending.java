package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Puts what is new into a queue, within one transaction.
 *
 * @param box where to
 */
record Sending(Messages messages, Box box, QueueSettings settings) {
  /**
   * Queues jobs that are not queued yet, and that no repeated body asks for.
   *
   * @return the ids of those that were not queued
   */
  Set<String> jobs(List<Job> jobs, Optional<String> signedBody) throws SQLException {
    TakenBodies bodies = new TakenBodies(messages.sql());
    bodies.forgetBefore(messages.now() - settings.retention().toMillis());
    Set<String> repeated = new LinkedHashSet<>();
    for (Job job : jobs) {
      boolean isNew = signedBody.isEmpty() || bodies.mayAskFor(job, signedBody.get());
      if (isNew) {
        bodies.add(job, signedBody, messages.now());
      }
      if (!isNew || !add(new Entry(job.group(), job.deduplicationId(), JobJson.write(job)))) {
        repeated.add(job.id());
      }
    }
    return repeated;
  }

  /** Lets a job be queued again at once, whoever asks for it. */
  boolean forget(Job job) throws SQLException {
    new TakenBodies(messages.sql()).reopen(job);
    return messages.forget(job.deduplicationId());
  }

  /** Queues any text; whether it was new. Dead letters may be the same text twice. */
  boolean add(Entry entry) throws SQLException {
    long until = messages.now() + settings.deduplication().toMillis();
    if (box == Box.QUEUE && !messages.remember(entry.deduplicationId(), until)) {
      return false;
    }
    messages.append(box, UUID.randomUUID().toString(), entry.group(), entry.body());
    return true;
  }
}
