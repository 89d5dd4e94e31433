package dev.flakerelay.lock.archive;

import java.time.Duration;

/**
 * How much an archive may take.
 *
 * @param bytes of all files in it
 * @param silence how long a server may send nothing
 */
public record ArchiveLimits(long bytes, Duration silence) {
  /** Enough for a source of several hundred megabytes. */
  public static final ArchiveLimits DEFAULT = new ArchiveLimits(1L << 30, Duration.ofSeconds(10));
}
