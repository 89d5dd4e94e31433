package dev.flakerelay.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where the program keeps things if nothing else is said (XDG Base Directory Specification). */
final class Folders {
  private Folders() {}

  /** For what must last: the queue. */
  static Path state(Map<String, String> environment) {
    return below(environment, "XDG_STATE_HOME", ".local/state");
  }

  /** For what can be made anew. */
  static Path cache(Map<String, String> environment) {
    return below(environment, "XDG_CACHE_HOME", ".cache");
  }

  private static Path below(Map<String, String> environment, String variable, String usual) {
    String named = environment.getOrDefault(variable, "");
    Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
    Path base = named.isBlank() ? home.resolve(usual) : Path.of(named);
    return base.resolve("flake-relay").toAbsolutePath();
  }
}
