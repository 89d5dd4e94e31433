package dev.flakerelay.nix;

import java.util.List;

/** Rules for fetching, as a configuration has them. */
final class TestRules {
  /** GitHub, and nothing else. */
  static final FetchRules GITHUB =
      hosts(List.of("github.com", "api.github.com", "codeload.github.com"));

  private TestRules() {}

  /** These hosts, in the usual ways. */
  static FetchRules hosts(List<String> hosts) {
    return new FetchRules(
        hosts,
        List.of("github", "gitlab", "sourcehut", "git+https", "git+ssh", "https"),
        List.of());
  }

  /** A gate for a target that has nothing locked. */
  static LockGate gate(FetchRules rules) {
    FlakeLock nothing = FlakeLock.empty();
    return new LockGate(
        FetchPolicy.of(nothing, rules), nothing, new KnownRepositories(List.of(), nothing, rules));
  }

  /** GitHub in these ways. */
  static FetchRules schemes(String... schemes) {
    return new FetchRules(GITHUB.hosts(), List.of(schemes), List.of());
  }
}
