package dev.flakerelay.outcome;

import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;

/** Hears what becomes of messages, each once. */
public interface OutcomeListener {
  /** A job has ended. */
  void ended(Outcome outcome);

  /** A job failed for now. */
  void willRetry(Job job, BatchHandler.Retry retry, String reason);

  /** A message is not a job; it is dropped, and this is the last that is seen of it. */
  void malformed(Message message, MalformedJobException why);
}
