package dev.flakerelay.update;

import dev.flakerelay.Deadline;
import dev.flakerelay.config.EngineChoice;
import dev.flakerelay.config.Network;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.lock.LockEngine;
import java.time.Duration;
import java.time.Instant;

/**
 * What an update works with.
 *
 * @param engine makes the locks of routes that leave it open how
 * @param nix makes those of routes that want nix
 * @param repositories where targets and sources are
 * @param signing signs commits
 * @param deadline when the work must have ended
 * @param told what need not be told again
 */
public record Workshop(
    LockEngine engine,
    LockEngine nix,
    Repositories repositories,
    Signing signing,
    Deadline deadline,
    Told told) {
  /** What fetching and pushing may take besides the lock: one conversation with a slow server. */
  private static final Duration BESIDES_LOCK = Duration.ofMinutes(3);

  /** What it takes, after a deadline, to end what runs and to delete its folders. */
  public static final Duration TO_END = Duration.ofSeconds(30);

  /** Tools for work that need not end some time, and that is not signed. */
  public Workshop(LockEngine engine, LockEngine nix, Repositories repositories) {
    this(engine, nix, repositories, Signing.NONE, Deadline.NONE, new Told());
  }

  /** The same, which signs. */
  public Workshop withSigning(Signing key) {
    return new Workshop(engine, nix, repositories, key, deadline, told);
  }

  /** The same, which does not repeat what another one has told. */
  public Workshop after(Told before) {
    return new Workshop(engine, nix, repositories, signing, deadline, before);
  }

  /** What makes a route's locks. */
  public LockEngine engine(EngineChoice choice) {
    return switch (choice) {
      case AUTO -> engine;
      case NIX -> nix;
    };
  }

  /** What the configuration lets a source have fetched. */
  public static FetchRules rules(Network network) {
    return new FetchRules(network.allow(), network.schemes(), network.privateRepositories());
  }

  /** How long the jobs of one target may take in one go. */
  Duration longest() {
    return engine.longest().plus(BESIDES_LOCK);
  }

  /** The same tools for work that must have ended some time. */
  Workshop within(Deadline deadline) {
    return new Workshop(
        engine.within(deadline),
        nix.within(deadline),
        repositories.within(deadline),
        signing,
        deadline,
        told);
  }

  /** Whether what may take {@link #longest} is over before {@code until}. */
  boolean hasTimeBefore(Instant until) {
    return !Instant.now().plus(longest()).plus(TO_END).isAfter(until);
  }
}
