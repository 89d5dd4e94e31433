package dev.flakerelay.queue.sqs;

import dev.flakerelay.queue.Job;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What this process has sent within SQS's deduplication interval, in which SQS takes the same again
 * and drops it without a word ("Exactly-once processing in Amazon SQS"). What other processes have
 * sent is not known here.
 */
final class RecentSends {
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final int MOST = 10_000;

  private final Map<String, Long> begun =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Notes jobs that SQS has taken.
   *
   * @param before when they were sent, by {@link System#nanoTime}
   * @return the ids of those that it dropped for sure
   */
  synchronized Set<String> add(List<Job> jobs, long before) {
    long now = System.nanoTime();
    Set<String> dropped = new HashSet<>();
    for (Job job : jobs) {
      Long first = begun.get(job.deduplicationId());
      if (first != null && now - first < INTERVAL.toNanos()) {
        dropped.add(job.id());
      } else {
        begun.remove(job.deduplicationId());
        begun.put(job.deduplicationId(), before);
      }
    }
    return dropped;
  }
}
