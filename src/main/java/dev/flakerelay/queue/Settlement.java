package dev.flakerelay.queue;

import dev.flakerelay.log.EventLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells a queue what becomes of messages. A queue that can't be told is only logged: such a message
 * comes again after its visibility timeout, and finds its work done.
 *
 * @param queue where the messages are from
 * @param log told of what the queue could not be told
 */
public record Settlement(JobQueue queue, EventLog log) {
  private interface Call {
    void run() throws QueueUnavailableException;
  }

  /**
   * Keeps a batch hidden while it is worked on, and no longer, from now on. The first that the
   * queue could not be told of ends it: time is short.
   */
  public void keepHidden(List<Message> batch, Duration duration) {
    try {
      for (Message message : batch) {
        queue.extend(message, duration);
      }
    } catch (QueueUnavailableException e) {
      log.warn("messages-not-kept-hidden", Map.of("reason", e.getMessage()));
    }
  }

  /** Lets a message come again. */
  public void retry(BatchHandler.Retry retry) {
    Message message = retry.message();
    attempt(
        message,
        () -> {
          if (retry.tried()) {
            queue.retryAfter(message, retry.delay());
          } else {
            queue.putBack(message, retry.delay());
          }
        });
  }

  /** Deletes a message that is done. */
  public void done(Message message) {
    attempt(message, () -> queue.delete(message));
  }

  private void attempt(Message message, Call call) {
    try {
      call.run();
    } catch (QueueUnavailableException e) {
      log.warn(
          "message-not-settled",
          new TreeMap<>(Map.of("message", message.id(), "reason", e.getMessage())));
    }
  }
}
