package dev.flakerelay.local;

import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * One thread of a pump, which can be interrupted while it waits for messages, and at no other time.
 */
final class PumpWorker {
  /** Waits for messages. */
  interface Receiver {
    /** What came, or nothing. */
    List<Message> receive() throws QueueUnavailableException;
  }

  private final Thread thread;
  private boolean receiving;
  private boolean interrupted;

  private PumpWorker(String name, Predicate<PumpWorker> turn) {
    // A platform thread: handlers compute, and would starve the HTTP endpoint's virtual threads.
    // A daemon: one that is stuck in a poll when the pump is closed holds nothing, and nobody up.
    this.thread =
        Thread.ofPlatform()
            .name(name)
            .daemon()
            .unstarted(
                () -> {
                  while (hasAnotherTurn(turn)) {}
                });
  }

  /** Without memory not even the failure can be told: a worker that ends would be missed by all. */
  private boolean hasAnotherTurn(Predicate<PumpWorker> turn) {
    try {
      return turn.test(this);
    } catch (Throwable e) {
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      return true;
    }
  }

  /** Starts a thread that takes turns until one says that there is no other. */
  static PumpWorker start(String name, Predicate<PumpWorker> turn) {
    PumpWorker worker = new PumpWorker(name, turn);
    worker.thread.start();
    return worker;
  }

  /** Called by the worker itself: receives, and may be interrupted meanwhile. */
  List<Message> interruptibly(Receiver receiver) throws QueueUnavailableException {
    synchronized (this) {
      if (interrupted) {
        return List.of();
      }
      receiving = true;
    }
    try {
      return receiver.receive();
    } finally {
      synchronized (this) {
        receiving = false;
        // Too late for the receiver, and none of the handler's business.
        Thread.interrupted();
      }
    }
  }

  /** Ends its waiting for messages; it will not begin another. */
  synchronized void interruptReceiver() {
    interrupted = true;
    if (receiving) {
      thread.interrupt();
    }
  }

  /** Whether it takes no more turns. */
  boolean hasEnded() {
    return !thread.isAlive();
  }

  /**
   * Waits for its end.
   *
   * @param patience how long if it works on a batch
   * @param grace how long if it only waits for one
   * @return whether it holds no messages
   */
  boolean join(Duration patience, Duration grace) {
    try {
      if (thread.join(patience.compareTo(grace) < 0 ? patience : grace)) {
        return true;
      }
      synchronized (this) {
        if (receiving) {
          return true;
        }
      }
      return thread.join(patience.minus(grace));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
