package dev.flakerelay.nix;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

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
   * Limits that fit the machine, or the function.
   *
   * @param environment in which {@code AWS_LAMBDA_FUNCTION_MEMORY_SIZE} is a function's memory in
   *     MB ("Using Lambda environment variables", AWS Lambda developer guide)
   * @param work the folder whose disk is used
   */
  public static NixLimits of(Map<String, String> environment, Path work) {
    Path folder = work.toAbsolutePath();
    while (!Files.exists(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    // Not by way of the mount point: within a chroot there may be none. 0 is a disk that does not
    // tell.
    long disk = folder.toFile().getTotalSpace();
    return DEFAULT.onMachine(memory(environment), disk == 0 ? Long.MAX_VALUE : disk);
  }

  private static long memory(Map<String, String> environment) {
    String megabytes = environment.getOrDefault("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "");
    return megabytes.isBlank()
        ? ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize()
        : Long.parseLong(megabytes) << 20;
  }

  /**
   * The same on a machine that has nothing else to do: with at most all of its memory, and three
   * quarters of its disk, so that a source that is too large is told from a disk that is full.
   *
   * @param memory bytes
   * @param disk bytes of the whole disk
   */
  NixLimits onMachine(long memory, long disk) {
    return new NixLimits(
        time,
        Math.min(memoryBytes, memory),
        fileBytes,
        Math.min(folderBytes, disk / 4 * 3),
        folderFiles,
        networkBytes);
  }
}
