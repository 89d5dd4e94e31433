package dev.flakerelay.nix;

import java.time.Duration;

/**
 * How much one run of nix may take; a source's flake is a stranger's program.
 *
 * @param time wall time
 * @param memoryBytes address space of each process
 * @param fileBytes size of the largest file it may write
 */
public record NixLimits(Duration time, long memoryBytes, long fileBytes) {
  /** Enough for a source of several hundred megabytes. */
  public static final NixLimits DEFAULT = new NixLimits(Duration.ofMinutes(4), 2L << 30, 1L << 30);
}
