package dev.flakerelay.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How processes are killed: that takes a while, and meanwhile they may start others. */
public final class Killing {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Killing() {}

  /**
   * Returns when all have ended, or after 10 s.
   *
   * @param kill done until they have: looks who is there, and kills them
   */
  public static void until(BooleanSupplier ended, Runnable kill) {
    long begin = System.nanoTime();
    do {
      kill.run();
      LockSupport.parkNanos(1_000_000);
    } while (!ended.getAsBoolean() && System.nanoTime() - begin < PATIENCE.toNanos());
  }
}
