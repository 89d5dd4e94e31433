package dev.flakerelay.nix;

import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.lock.LockGate;
import dev.flakerelay.lock.egress.KnownRepositories;
import java.util.List;

/** Rules for fetching, as a configuration has them. */
public final class TestRules {
  /** GitHub, and nothing else. */
  public static final FetchRules GITHUB =
      hosts(List.of("github.com", "api.github.com", "codeload.github.com"));

  private TestRules() {}

  /** These hosts, in the usual ways. */
  public static FetchRules hosts(List<String> hosts) {
    return new FetchRules(
        hosts,
        List.of("github", "gitlab", "sourcehut", "git+https", "git+ssh", "https"),
        List.of());
  }

  /** A gate for a target that has nothing locked. */
  public static LockGate gate(FetchRules rules) {
    FlakeLock nothing = FlakeLock.empty();
    return new LockGate(
        FetchPolicy.of(nothing, rules), nothing, new KnownRepositories(List.of(), nothing, rules));
  }

  /** GitHub in these ways. */
  static FetchRules schemes(String... schemes) {
    return new FetchRules(GITHUB.hosts(), List.of(schemes), List.of());
  }
}
