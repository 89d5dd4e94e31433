package dev.flakerelay.process;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A process and all that it started, also those that outlived it: nix runs git, and git runs its
 * own helpers.
 */
public final class ProcessTree {
  private final ProcessHandle root;
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();

  /** The tree below a process. */
  public ProcessTree(Process process) {
    this.root = process.toHandle();
  }

  /** Remembers who is there: a child whose parent has ended can't be found any more. */
  public void look() {
    root.descendants().forEach(seen::add);
    for (ProcessHandle each : Set.copyOf(seen)) {
      each.descendants().forEach(seen::add);
    }
  }

  /** What those that are there have computed so far, on all processors together. */
  public Duration processorTime() {
    return Stream.concat(Stream.of(root), seen.stream())
        .flatMap(each -> each.info().totalCpuDuration().stream())
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Ends all of them, and returns when they have ended. */
  public void kill() {
    Killing.until(
        this::hasEnded,
        () -> {
          look();
          root.destroyForcibly();
          seen.forEach(ProcessHandle::destroyForcibly);
        });
  }

  private boolean hasEnded() {
    return !root.isAlive() && seen.stream().noneMatch(ProcessTree::runs);
  }

  /** One that has ended and that nobody has waited for is there still, but runs no program. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }
}
