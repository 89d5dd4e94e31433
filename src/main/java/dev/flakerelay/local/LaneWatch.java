package dev.flakerelay.local;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks now and then whether a batch takes so long that others have to wait for it. */
final class LaneWatch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(250);

  /** What does not end within this time of its turn's end can't be ended. */
  private static final Duration STUCK = Duration.ofSeconds(15);

  private final JobQueue queue;
  private final Lanes lanes;
  private final HeldMessages held;
  private final EventLog log;
  private final Runnable startWorker;
  private final ScheduledExecutorService schedule =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("pump-watch").daemon().factory());

  /**
   * A watch that has not begun.
   *
   * @param startWorker replaces a worker whose batch moved to the slow lane
   */
  LaneWatch(JobQueue queue, Lanes lanes, HeldMessages held, EventLog log, Runnable startWorker) {
    this.queue = queue;
    this.lanes = lanes;
    this.held = held;
    this.log = log;
    this.startWorker = startWorker;
  }

  void start() {
    long millis = EVERY.toMillis();
    var _ = schedule.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      for (Run run : lanes.runs()) {
        look(run);
      }
    } catch (QueueUnavailableException e) {
      // The workers run into the same, and tell it.
    } catch (RuntimeException | Error e) {
      // Or the schedule would end here, and nobody would miss it.
      log.error("pump-watch", Map.of("reason", e.toString()));
    }
  }

  private void look(Run run) throws QueueUnavailableException {
    if (run.isInterrupted()) {
      run.interrupt();
      if (!run.isSlow() && run.overdue().compareTo(STUCK) > 0 && lanes.moveStuckToSlow(run)) {
        startWorker.run();
      }
    } else if (run.time().compareTo(lanes.shortestSlice()) >= 0) {
      if (queue.othersWaitBehind(run.batch().getFirst())) {
        endForOthers(run);
      } else if (!run.isSlow() && lanes.isFull()) {
        makeRoom(run);
      }
    }
  }

  private void endForOthers(Run run) {
    if (isOver(run, 1) && (!run.isSlow() || lanes.mayEndForOthers(run))) {
      run.interrupt();
    }
  }

  private void makeRoom(Run run) throws QueueUnavailableException {
    long groups = lanes.waitBehind(run, waiting());
    if (groups > 0 && isOver(run, groups)) {
      if (lanes.moveToSlow(run)) {
        startWorker.run();
      } else {
        run.interrupt();
      }
    }
  }

  private boolean isOver(Run run, long groups) {
    return run.time().compareTo(lanes.slice(run, groups)) >= 0;
  }

  /** A queue that can't look has to be asked for messages, which are held then. */
  private List<Message> waiting() throws QueueUnavailableException {
    List<Message> waiting = new ArrayList<>(held.all());
    waiting.addAll(queue.waiting());
    if (waiting.isEmpty()) {
      List<Message> received = queue.receive(Pump.BATCH, Duration.ZERO, lanes);
      held.add(received);
      waiting.addAll(received);
    }
    return waiting;
  }

  @Override
  public void close() {
    schedule.shutdownNow();
  }
}
