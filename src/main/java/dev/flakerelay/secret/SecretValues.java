package dev.flakerelay.secret;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of some secrets, read when they are first needed and kept for five minutes: one that
 * was changed where it is kept is found without a restart. While a store can't be reached, what it
 * said last goes on to count. Safe for use by several threads.
 */
public final class SecretValues {
  private static final Duration KEPT = Duration.ofMinutes(5);

  /** Whoever sends wrong signatures must not be able to keep the stores busy. */
  private static final Duration BETWEEN_READS = Duration.ofSeconds(10);

  private final int size;
  private final Source source;
  private final InstantSource clock;
  private @Nullable List<Secret> values;
  private Instant readAt = Instant.MIN;

  private SecretValues(int size, Source source, InstantSource clock) {
    this.size = size;
    this.source = source;
    this.clock = clock;
  }

  /** The values of these references, in their order. */
  public static SecretValues of(
      SecretReader reader, List<SecretReference> references, InstantSource clock) {
    Source source =
        () -> {
          List<Secret> read = new ArrayList<>();
          for (SecretReference reference : references) {
            read.add(reader.read(reference));
          }
          return List.copyOf(read);
        };
    return new SecretValues(references.size(), source, clock);
  }

  /** Values that never change. */
  public static SecretValues fixed(List<Secret> values) {
    List<Secret> copy = List.copyOf(values);
    return new SecretValues(copy.size(), () -> copy, InstantSource.system());
  }

  /** Whether there are none, and never will be. */
  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * The values, at most five minutes old.
   *
   * @throws SecretException if one is missing or empty, or its store can't be reached and was never
   *     before
   */
  public List<Secret> current() throws SecretException {
    return notOlderThan(KEPT);
  }

  /**
   * The values as they are now, for when those of {@link #current} turned out not to fit; the same
   * again if they were read within the last ten seconds.
   *
   * @throws SecretException as {@link #current} does
   */
  public List<Secret> refreshed() throws SecretException {
    return notOlderThan(BETWEEN_READS);
  }

  private synchronized List<Secret> notOlderThan(Duration age) throws SecretException {
    List<Secret> known = values;
    Instant now = clock.instant();
    boolean clockWasPutBack = now.isBefore(readAt);
    if (known != null && !clockWasPutBack && now.isBefore(readAt.plus(age))) {
      return known;
    }
    try {
      List<Secret> read = source.read();
      values = read;
      readAt = now;
      return read;
    } catch (SecretException e) {
      if (known == null || !e.isRetryable()) {
        throw e;
      }
      readAt = now;
      return known;
    }
  }

  @FunctionalInterface
  private interface Source {
    List<Secret> read() throws SecretException;
  }
}
