package dev.flakerelay.nix;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process and all that it started, also those that outlived it: nix runs git, and git runs its
 * own helpers.
 */
final class ProcessTree {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ProcessHandle root;
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();

  ProcessTree(Process process) {
    this.root = process.toHandle();
  }

  /** Remembers who is there: a child whose parent has ended can't be found any more. */
  void look() {
    root.descendants().forEach(seen::add);
    for (ProcessHandle each : Set.copyOf(seen)) {
      each.descendants().forEach(seen::add);
    }
  }

  /** What those that are there have computed so far, on all processors together. */
  Duration processorTime() {
    return Stream.concat(Stream.of(root), seen.stream())
        .flatMap(each -> each.info().totalCpuDuration().stream())
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Ends all of them, and returns when they have ended. */
  void kill() {
    Instant end = Instant.now().plus(PATIENCE);
    do {
      look();
      root.destroyForcibly();
      seen.forEach(ProcessHandle::destroyForcibly);
      LockSupport.parkNanos(1_000_000);
    } while (isAlive() && Instant.now().isBefore(end));
  }

  private boolean isAlive() {
    return root.isAlive() || seen.stream().anyMatch(ProcessTree::runs);
  }

  /** One that has ended and that nobody has waited for is there still, but runs no program. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }
}
