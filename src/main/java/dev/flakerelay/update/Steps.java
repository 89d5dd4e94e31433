package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.lock.NewLock;
import dev.flakerelay.outcome.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A stopwatch for the steps of a job. */
public final class Steps {
  private final long start = System.nanoTime();
  private final Map<String, Duration> times = new LinkedHashMap<>();
  private Optional<Outcome.Engine> engine = Optional.empty();

  /** Does one step; of a step that is done again the times are added up. */
  public <T> T time(String step, Step<T> work) throws JobException {
    long begin = System.nanoTime();
    try {
      return work.run();
    } finally {
      times.merge(step, Duration.ofNanos(System.nanoTime() - begin), Duration::plus);
    }
  }

  /** Remembers what made the lock. */
  public void made(NewLock lock) {
    engine = Optional.of(new Outcome.Engine(lock.engine(), lock.reason()));
  }

  /** What made the last lock. */
  Optional<Outcome.Engine> engine() {
    return engine;
  }

  /** The steps so far, in the order in which they were first taken. */
  Map<String, Duration> times() {
    return new LinkedHashMap<>(times);
  }

  Duration total() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Something that takes time. */
  @FunctionalInterface
  public interface Step<T> {
    T run() throws JobException;
  }
}
