package dev.flakerelay.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Does what a batch of received messages asks for. */
@FunctionalInterface
public interface BatchHandler {

  /**
   * Works on the messages, in order within each group.
   *
   * @param batch 1 to 10 messages
   * @return what must come again; every message that is not among them is done and may be deleted
   */
  List<Retry> handle(List<Message> batch);

  /**
   * The same where time is short.
   *
   * @param until nothing is begun that may take longer; it comes again
   */
  default List<Retry> handle(List<Message> batch, Instant until) {
    return handle(batch);
  }

  /**
   * A message that must come again.
   *
   * @param message one of the batch
   * @param delay how long it stays hidden
   */
  record Retry(Message message, Duration delay) {}
}
