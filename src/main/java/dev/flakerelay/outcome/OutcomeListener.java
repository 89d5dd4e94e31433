package dev.flakerelay.outcome;

import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import java.time.Duration;

/**
 * Hears what becomes of messages, each once. Who has to tell somebody over the network does so in
 * the background: nothing here may wait.
 */
public interface OutcomeListener {
  /**
   * The queue has taken a job. Told when it is queued where that can be seen, and again when it is
   * received for the first time.
   */
  default void queued(Job job) {}

  /** A job has ended. */
  void ended(Outcome outcome);

  /** A job failed for now. */
  default void willRetry(Job job, BatchHandler.Retry retry, String reason) {}

  /** A message is not a job; it is dropped, and this is the last that is seen of it. */
  default void malformed(Message message, MalformedJobException why) {}

  /**
   * Waits until everybody has heard what they are to be told in the background.
   *
   * @param patience the longest time to wait; what has not arrived by then is given up
   */
  default void finish(Duration patience) {}
}
