package dev.flakerelay.update;

import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.queue.Job;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the inputs of targets were at when they were updated last, so that the next update may begin
 * with what it is likely to ask. Nothing of it is trusted. Thread-safe.
 */
final class LastSeen {
  private static final int MOST = 1_000;

  private final Map<String, Input> inputs =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Input> eldest) {
          return size() > MOST;
        }
      };

  /**
   * An input.
   *
   * @param source the branch that its revisions are on
   * @param locked what was locked last; empty if that has no revision
   */
  record Input(SourceBranch source, Optional<Revision> locked) {}

  /** What a job's input was at; empty if it was not seen lately. */
  synchronized Optional<Input> of(Job job) {
    return Optional.ofNullable(inputs.get(key(job)));
  }

  /** Remembers it. */
  synchronized void put(Job job, Input input) {
    inputs.put(key(job), input);
  }

  private static String key(Job job) {
    return job.route() + " " + job.subject();
  }
}
