package dev.flakerelay.nix;

import java.time.Duration;

/**
 * How much it may take to lock a flake; a source's flake is a stranger's program.
 *
 * @param time wall time
 * @param memoryBytes address space of each process
 * @param fileBytes size of the largest file it may write
 * @param folderBytes size of everything that it keeps on disk
 * @param folderFiles how many files and folders that may be
 * @param networkBytes how much may be received and sent
 */
public record NixLimits(
    Duration time,
    long memoryBytes,
    long fileBytes,
    long folderBytes,
    int folderFiles,
    long networkBytes) {
  /** Enough for a source of several hundred megabytes. */
  public static final NixLimits DEFAULT =
      new NixLimits(Duration.ofMinutes(4), 2L << 30, 1L << 30, 3L << 30, 500_000, 1L << 30);

  /** How long a server may stay silent: short enough that it can be tried again. */
  Duration silence() {
    Duration share = time.dividedBy(8);
    return share.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : share;
  }

  /**
   * The same on a machine that has nothing else to do: with at most all of its memory, and three
   * quarters of its disk, so that a source that is too large is told from a disk that is full.
   *
   * @param memory bytes
   * @param disk bytes of the whole disk
   */
  public NixLimits onMachine(long memory, long disk) {
    return new NixLimits(
        time,
        Math.min(memoryBytes, memory),
        fileBytes,
        Math.min(folderBytes, disk / 4 * 3),
        folderFiles,
        networkBytes);
  }
}
