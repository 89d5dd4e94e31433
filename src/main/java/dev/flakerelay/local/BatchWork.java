package dev.flakerelay.local;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Has batches worked on, and tells the queue what becomes of their messages.
 *
 * @param handler what it throws puts its whole batch back
 * @param lanes told when a batch's turn is over
 */
record BatchWork(BatchHandler handler, Lanes lanes, Settlement settlement, EventLog log) {
  /**
   * Works on a batch to its end.
   *
   * @param hidden closed when the handler is done with it
   * @return whether another worker has taken this one's place, as the batch took long
   */
  boolean on(Run run, HeldMessages.Taking hidden) {
    List<Message> batch = run.batch();
    List<BatchHandler.Retry> retries;
    try (hidden) {
      retries = handler.handle(batch, run::isInterrupted);
    } catch (Throwable e) {
      // Whatever it is, even an Error: the messages are not done, and this worker has others.
      retries = crashed(batch, e);
    } finally {
      lanes.end(run);
    }
    if (run.isInterrupted()) {
      log.info(
          "turn-ended",
          new TreeMap<>(
              Map.of(
                  "source", run.source(),
                  "spent_ms", run.time().toMillis(),
                  "messages", ids(batch))));
    }
    settle(batch, retries);
    return run.isSlow();
  }

  private List<BatchHandler.Retry> crashed(List<Message> batch, Throwable why) {
    Duration delay = backoff(batch);
    log.error(
        "batch-crashed",
        new TreeMap<>(
            Map.of(
                "messages", ids(batch), "reason", why.toString(), "delay_ms", delay.toMillis())));
    return batch.stream().map(message -> new BatchHandler.Retry(message, delay)).toList();
  }

  private static List<String> ids(List<Message> batch) {
    return batch.stream().map(Message::id).toList();
  }

  /** 10 s, doubled with each receipt, at most 15 minutes; the same for all: order is kept. */
  private static Duration backoff(List<Message> batch) {
    int receipts = batch.stream().mapToInt(Message::receiveCount).max().orElse(1);
    long seconds = 10L << Math.min(receipts - 1, 10);
    return Duration.ofSeconds(Math.min(seconds, 900));
  }

  /** Retries first: a group stays blocked until each of its messages is where it belongs. */
  private void settle(List<Message> batch, List<BatchHandler.Retry> retries) {
    List<Message> done = new ArrayList<>(batch);
    for (BatchHandler.Retry retry : retries) {
      done.remove(retry.message());
      settlement.retry(retry);
    }
    done.forEach(settlement::done);
  }

  /** Puts back messages that nobody has tried. */
  void putBack(List<Message> untried) {
    untried.forEach(each -> settlement.retry(BatchHandler.Retry.untried(each, Duration.ZERO)));
  }
}
