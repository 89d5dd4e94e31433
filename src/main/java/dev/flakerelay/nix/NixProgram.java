package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the {@code nix} program is. */
final class NixProgram {
  /** Where a Lambda layer puts it. */
  private static final Path IN_LAYER = Path.of("/opt/nix/bin/nix");

  private NixProgram() {}

  /**
   * Looks for the program: what {@code RELAY_NIX} names, else the one in a Lambda layer, else the
   * first on {@code PATH}.
   *
   * @param environment the process's environment
   */
  static Optional<Path> find(Map<String, String> environment) {
    String named = environment.get("RELAY_NIX");
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    if (Files.isExecutable(IN_LAYER)) {
      return Optional.of(IN_LAYER);
    }
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, "nix");
      if (!folder.isEmpty() && Files.isExecutable(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  /**
   * The same where there must be one.
   *
   * @throws PermanentException if there is none
   */
  static Path require(Map<String, String> environment) throws PermanentException {
    return find(environment)
        .orElseThrow(
            () ->
                new PermanentException(
                    "there is no nix program on PATH, and RELAY_NIX names none: install nix "
                        + NixVersion.OLDEST
                        + " or newer, or start this through ./relay, which builds one (in"
                        + " Lambda: add the layer that brings it)"));
  }
}
