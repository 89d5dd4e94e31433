package dev.flakerelay.log;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something outside of this process is waited for, until this is closed. If that takes more than
 * two seconds, whoever looks on is told what it is; once in the life of a process.
 */
public final class Waiting implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final AtomicReference<@Nullable Consumer<String>> ONLOOKER =
      new AtomicReference<>();

  private final @Nullable Thread teller;

  private Waiting(@Nullable Thread teller) {
    this.teller = teller;
  }

  /** Has somebody told what the process waits for; nobody is told otherwise. */
  public static void tellOnce(Consumer<String> onlooker) {
    ONLOOKER.set(onlooker);
  }

  /** Tells nobody from now on. */
  public static void tellNobody() {
    ONLOOKER.set(null);
  }

  /**
   * Begins to wait.
   *
   * @param what a name that a person knows, without secrets, as {@code Git on example.org}
   */
  public static Waiting on(String what) {
    return new Waiting(ONLOOKER.get() == null ? null : Thread.startVirtualThread(() -> tell(what)));
  }

  private static void tell(String what) {
    try {
      Thread.sleep(PATIENCE);
    } catch (InterruptedException e) {
      return; // it is there
    }
    Consumer<String> onlooker = ONLOOKER.getAndSet(null);
    if (onlooker != null) {
      onlooker.accept(what);
    }
  }

  @Override
  public void close() {
    if (teller != null) {
      teller.interrupt();
    }
  }
}
