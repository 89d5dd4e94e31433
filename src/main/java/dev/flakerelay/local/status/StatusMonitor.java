package dev.flakerelay.local.status;

import dev.flakerelay.config.Config;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what the relay is at, within seconds, however slow its disk is: what takes longer is a
 * trouble of its own, and the last that was seen is shown meanwhile. Looks when it is asked, and
 * twice a second at most.
 */
public final class StatusMonitor implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration FRESH = Duration.ofMillis(500);

  /** How long nix is believed to run. */
  private static final Duration NIX_FRESH = Duration.ofSeconds(30);

  /** Looks whether something works. */
  @FunctionalInterface
  public interface Check {
    /** Why not; empty if it does. */
    Optional<String> trouble();
  }

  private final StatusBoard board;
  private final Supplier<Config> config;
  private final Check data;
  private final Check nix;
  private final Check reload;
  private final EventLog log;
  private final ExecutorService looks =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("status").daemon().factory());

  private @Nullable CompletableFuture<Status> look;
  private Instant begun = Instant.EPOCH;
  private volatile @Nullable Status last;
  private Optional<String> nixTrouble = Optional.empty();
  private Instant nixSeen = Instant.EPOCH;

  /**
   * A monitor that has not looked yet.
   *
   * @param data looks whether the data folder can be used
   * @param nix looks whether nix runs
   * @param reload why the configuration on disk is not the one that is used
   */
  public StatusMonitor(
      StatusBoard board,
      Supplier<Config> config,
      Check data,
      Check nix,
      Check reload,
      EventLog log) {
    this.board = board;
    this.config = config;
    this.data = data;
    this.nix = nix;
    this.reload = reload;
    this.log = log;
  }

  /** What it is at now, or was at when it last could be seen. */
  public Status current() {
    CompletableFuture<Status> running = look();
    try {
      return running.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return stale(
          "the data folder or the queue has not answered for " + PATIENCE.toSeconds() + " s");
    } catch (ExecutionException e) {
      log.error("status", Map.of("reason", String.valueOf(e.getCause())));
      return stale("a mistake in flake-relay: see the log");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return stale("it is being stopped");
    }
  }

  private synchronized CompletableFuture<Status> look() {
    Instant now = log.now();
    CompletableFuture<Status> running = look;
    if (running == null
        || (running.isDone() && Duration.between(begun, now).compareTo(FRESH) >= 0)) {
      running = CompletableFuture.supplyAsync(this::seen, looks);
      look = running;
      begun = now;
    }
    return running;
  }

  private Status stale(String trouble) {
    Instant now = log.now();
    Status seen = last;
    return seen == null
        ? board.blind(config.get(), List.of(trouble), now)
        : seen.with(List.of(trouble), now);
  }

  private Status seen() {
    List<String> troubles = new ArrayList<>();
    Instant now = log.now();
    try {
      board.queue().probe();
    } catch (QueueUnavailableException e) {
      troubles.add("The queue can't be written. " + e.getMessage());
    }
    data.trouble().ifPresent(troubles::add);
    if (Duration.between(nixSeen, now).compareTo(NIX_FRESH) >= 0 || nixTrouble.isPresent()) {
      nixTrouble = nix.trouble();
      nixSeen = now;
    }
    nixTrouble.ifPresent(why -> troubles.add("nix does not run. " + why));
    Status status;
    try {
      status = board.look(config.get(), troubles, now);
    } catch (QueueUnavailableException e) {
      Status before = last;
      List<String> all = troubles.isEmpty() ? List.of(String.valueOf(e.getMessage())) : troubles;
      return before == null ? board.blind(config.get(), all, now) : before.with(all, now);
    }
    last = status;
    return status.noting(reload.trouble());
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
