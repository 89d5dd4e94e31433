package dev.flakerelay.local;

import dev.flakerelay.queue.Message;
import java.time.Duration;
import java.util.List;

/** One batch in the hand of a worker, whose turn may be ended early. */
final class Run {
  private final List<Message> batch;
  private final String source;
  private final Thread worker = Thread.currentThread();
  private final long begin = System.nanoTime();
  private boolean slow;
  private boolean over;
  private long interrupted;

  /** Begins on the worker's own thread. */
  Run(List<Message> batch, String source, boolean slow) {
    this.batch = List.copyOf(batch);
    this.source = source;
    this.slow = slow;
  }

  List<Message> batch() {
    return batch;
  }

  String source() {
    return source;
  }

  Duration time() {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Whether it is in the slow lane. */
  synchronized boolean isSlow() {
    return slow;
  }

  synchronized void becomeSlow() {
    slow = true;
  }

  /** Whether its turn was ended early. */
  synchronized boolean isInterrupted() {
    return interrupted != 0;
  }

  /** Ends its turn early; called again for as long as it goes on, as an interrupt may be lost. */
  synchronized void interrupt() {
    if (!over) {
      if (interrupted == 0) {
        interrupted = System.nanoTime();
      }
      worker.interrupt();
    }
  }

  /** How long it has been going on since its turn was ended. */
  synchronized Duration overdue() {
    return interrupted == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - interrupted);
  }

  /** The work is over: no interrupt comes any more, and none is left. */
  synchronized void end() {
    over = true;
    Thread.interrupted();
  }
}
