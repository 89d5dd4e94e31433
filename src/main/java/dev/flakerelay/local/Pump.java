package dev.flakerelay.local;

import dev.flakerelay.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Hands what is queued to a handler, as Lambda's event source mapping does: batches of up to ten,
 * several at a time, deleted where they are done and put back where they are not ("Using Lambda
 * with Amazon SQS", AWS Lambda developer guide).
 *
 * <p>Messages of one group come in order and never two batches of them at a time; that is the
 * queue's doing. Where a queue puts several groups into one batch, as SQS may, these are worked on
 * one after the other. Messages stay hidden for as long as their batch is worked on, whatever the
 * queue's visibility timeout, if that is above 10 s. Without messages the workers sleep.
 */
public final class Pump implements AutoCloseable {
  private static final int BATCH = 10;

  /** SQS's longest poll. */
  private static final Duration WAIT = Duration.ofSeconds(20);

  /** How long a receiver that was interrupted, and holds nothing, is waited for. */
  private static final Duration IDLE_GRACE = Duration.ofSeconds(2);

  private final JobQueue queue;
  private final BatchHandler handler;
  private final EventLog log;
  private final Settlement settlement;
  private final Outage outage;
  private final Heartbeat heartbeat;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<PumpWorker> workers = new ArrayList<>();

  private Pump(JobQueue queue, BatchHandler handler, EventLog log, Duration beat) {
    this.queue = queue;
    this.handler = handler;
    this.log = log;
    this.settlement = new Settlement(queue, log);
    this.outage = new Outage(log);
    this.heartbeat = new Heartbeat(queue, beat, log);
  }

  /**
   * Starts to receive.
   *
   * @param workers how many batches are worked on side by side; as many as there are cores is a
   *     good number
   * @param handler called from several threads at a time; what it throws puts its whole batch back
   */
  public static Pump start(JobQueue queue, int workers, BatchHandler handler, EventLog log) {
    return start(queue, workers, handler, log, Duration.ofSeconds(10));
  }

  static Pump start(
      JobQueue queue, int workers, BatchHandler handler, EventLog log, Duration beat) {
    Pump pump = new Pump(queue, handler, log, beat);
    for (int i = 1; i <= workers; i++) {
      pump.workers.add(PumpWorker.start("pump-" + i, pump::receiveAndWork));
    }
    return pump;
  }

  /** One turn of a worker; whether there is another. */
  private boolean receiveAndWork(PumpWorker worker) {
    try {
      List<Message> batch = worker.interruptibly(() -> queue.receive(BATCH, WAIT));
      outage.over();
      if (stopped()) {
        putBack(batch, Duration.ZERO);
      } else if (!batch.isEmpty()) {
        work(batch);
      }
    } catch (QueueUnavailableException | RuntimeException | Error e) {
      // Also what nobody foresaw: a worker that ends would be missed by nobody.
      if (!stopped()) {
        pause(outage.begin(e));
      }
    }
    return !stopped();
  }

  private boolean stopped() {
    return stop.getCount() == 0;
  }

  private void pause(Duration duration) {
    try {
      var _ = stop.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(List<Message> batch) {
    List<BatchHandler.Retry> retries;
    try (Heartbeat.Beating _ = heartbeat.keepHidden(batch)) {
      retries = handler.handle(batch);
    } catch (Throwable e) {
      // Whatever it is, even an Error: the messages are not done, and this worker has others.
      log.error(
          "batch-crashed", new TreeMap<>(Map.of("messages", ids(batch), "reason", e.toString())));
      putBack(batch, backoff(batch));
      return;
    }
    settle(batch, retries);
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

  private void putBack(List<Message> batch, Duration delay) {
    settle(batch, batch.stream().map(message -> new BatchHandler.Retry(message, delay)).toList());
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

  /** Stops receiving and waits up to 10 minutes for the batches in hand. */
  @Override
  public void close() {
    close(Duration.ofMinutes(10));
  }

  /**
   * Stops receiving, and returns when the batches in hand are done and settled.
   *
   * @param patience how long to wait for them
   * @return whether all were done; what was not comes again after its visibility timeout, or when
   *     the queue is opened next
   */
  public boolean close(Duration patience) {
    stop.countDown();
    workers.forEach(PumpWorker::interruptReceiver);
    long end = System.nanoTime() + patience.toNanos();
    boolean done = true;
    for (PumpWorker worker : workers) {
      done &= worker.join(Duration.ofNanos(end - System.nanoTime()), IDLE_GRACE);
    }
    heartbeat.close();
    if (!done) {
      log.warn("pump-stopped-with-work-in-hand", Map.of());
    }
    return done;
  }
}
