package dev.flakerelay.local;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Settlement;
import dev.flakerelay.queue.WorkBudget;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Hands what is queued to a handler, as Lambda's event source mapping does: batches of up to ten,
 * several at a time, deleted where they are done and put back where they are not ("Using Lambda
 * with Amazon SQS", AWS Lambda developer guide). {@link Lanes} says whose turn it is.
 *
 * <p>Messages of one group come in order and never two batches of them at a time; that is the
 * queue's doing. Messages stay hidden for as long as their batch is worked on, whatever the queue's
 * visibility timeout, if that is above 10 s. Without messages the workers sleep.
 */
public final class Pump implements AutoCloseable {
  /** What one batch has at most. */
  static final int BATCH = 10;

  /** SQS's longest poll. */
  private static final Duration WAIT = Duration.ofSeconds(20);

  /** How long to wait for messages while those at hand may not go on. */
  private static final Duration SHORT_WAIT = Duration.ofSeconds(1);

  /** How many messages are held that may not go on. */
  private static final int MOST_HELD = 100;

  private static final Duration BEAT = Duration.ofSeconds(10);

  /** How long a receiver that was interrupted, and holds nothing, is waited for. */
  private static final Duration IDLE_GRACE = Duration.ofSeconds(2);

  private final JobQueue queue;
  private final EventLog log;
  private final Lanes lanes;
  private final BatchWork work;
  private final Outage outage;
  private final Heartbeat heartbeat;
  private final HeldMessages held;
  private final LaneWatch watch;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<PumpWorker> workers = new CopyOnWriteArrayList<>();
  private int started;

  private Pump(JobQueue queue, BatchHandler handler, EventLog log, Lanes lanes, Duration beat) {
    this.queue = queue;
    this.log = log;
    this.lanes = lanes;
    this.work = new BatchWork(handler, lanes, new Settlement(queue, log), log);
    this.outage = new Outage(log);
    this.heartbeat = new Heartbeat(queue, beat, log);
    this.held = new HeldMessages(heartbeat);
    this.watch = new LaneWatch(queue, lanes, held, log, this::startWorker);
  }

  /**
   * Starts to receive.
   *
   * @param workers how many batches are worked on side by side, besides a few that take long; as
   *     many as there are cores is a good number
   * @param sources names the source of a message; none keeps the others waiting
   * @param budget of the workers' time, for each source
   * @param handler called from several threads at a time; what it throws puts its whole batch back
   */
  public static Pump start(
      JobQueue queue,
      int workers,
      Function<Message, String> sources,
      WorkBudget budget,
      BatchHandler handler,
      EventLog log) {
    return start(queue, workers, new Lanes(workers, sources, budget), handler, log, BEAT);
  }

  static Pump start(
      JobQueue queue, int workers, Lanes lanes, BatchHandler handler, EventLog log, Duration beat) {
    Pump pump = new Pump(queue, handler, log, lanes, beat);
    for (int i = 0; i < workers; i++) {
      pump.startWorker();
    }
    pump.watch.start();
    return pump;
  }

  private synchronized void startWorker() {
    workers.removeIf(PumpWorker::hasEnded);
    if (!stopped()) {
      started++;
      workers.add(PumpWorker.start("pump-" + started, this::receiveAndWork));
    }
  }

  /** One turn of a worker; whether there is another. */
  private boolean receiveAndWork(PumpWorker worker) {
    boolean replaced = false;
    try {
      Optional<Turn> turn = turn();
      if (turn.isEmpty()) {
        receive(worker);
        turn = turn();
      }
      if (turn.isPresent()) {
        Run run = turn.get().run();
        if (run.isSlow()) {
          startWorker();
        }
        replaced = work.on(run, turn.get().hidden());
      }
    } catch (QueueUnavailableException | RuntimeException | Error e) {
      // Also what nobody foresaw: a worker that ends would be missed by nobody.
      if (!stopped()) {
        pause(outage.begin(e));
      }
    }
    return !stopped() && !replaced;
  }

  private void receive(PumpWorker worker) throws QueueUnavailableException {
    int atHand = held.all().size();
    if (atHand > MOST_HELD) {
      pause(SHORT_WAIT);
      return;
    }
    Duration wait = atHand == 0 ? WAIT : SHORT_WAIT;
    held.add(worker.interruptibly(() -> queue.receive(BATCH, wait, lanes)));
    outage.over();
    if (stopped()) {
      putBackHeld();
    }
  }

  private synchronized Optional<Turn> turn() {
    List<Message> batch = stopped() ? List.of() : lanes.next(held.all(), BATCH);
    return batch.isEmpty()
        ? Optional.empty()
        : Optional.of(new Turn(lanes.begin(batch), held.take(batch)));
  }

  private record Turn(Run run, HeldMessages.Taking hidden) {}

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

  /** Stops receiving and waits up to 10 minutes for the batches in hand. */
  @Override
  public void close() {
    close(Duration.ofMinutes(10));
  }

  /**
   * Stops receiving, and returns when the batches in hand are done and settled.
   *
   * @param patience how long to wait for them
   * @return whether all were done; what was not comes again
   */
  public boolean close(Duration patience) {
    stop.countDown();
    watch.close();
    putBackHeld();
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

  private synchronized void putBackHeld() {
    List<Message> untried = held.all();
    held.take(untried).close();
    work.putBack(untried);
  }
}
