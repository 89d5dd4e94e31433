package dev.flakerelay.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

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
   * The same for a turn that may be ended early: the thread is interrupted then.
   *
   * @param ended whether it was; what is not done by then comes again, and has not failed
   */
  default List<Retry> handle(List<Message> batch, BooleanSupplier ended) {
    return handle(batch);
  }

  /**
   * A message that must come again.
   *
   * @param message one of the batch
   * @param delay how long it stays hidden
   * @param tried whether that was a try; one that was not does not count, where the queue can tell
   */
  record Retry(Message message, Duration delay, boolean tried) {
    /** After a try that failed. */
    public Retry(Message message, Duration delay) {
      this(message, delay, true);
    }

    /** As it was not tried, or not to the end. */
    public static Retry untried(Message message, Duration delay) {
      return new Retry(message, delay, false);
    }
  }
}
