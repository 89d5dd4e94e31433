package dev.flakerelay.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is in a queue.
 *
 * @param count the number of messages; of SQS an approximate one
 * @param oldest when the oldest of them was sent, where the queue can tell
 * @param first the oldest of them in order, as many as were asked for; none where the queue can't
 *     look without receiving
 */
public record QueueContents(long count, Optional<Instant> oldest, List<Entry> first) {
  /**
   * One message.
   *
   * @param message as it would be received
   * @param stage where it stands
   * @param until when a {@link Stage#RETRY} becomes due
   */
  public record Entry(Message message, Stage stage, Optional<Instant> until) {}

  /** Where a message stands. */
  public enum Stage {
    /** It waits for its turn. */
    WAITING,
    /** Somebody works on it. */
    IN_HAND,
    /** It waits for its next try. */
    RETRY
  }
}
