package dev.flakerelay.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The real nix, as a person would run it, but with a store, a cache and a configuration of its own
 * in one folder. The program is the one that {@code RELAY_NIX} names, else the one on PATH.
 */
public final class TestNix {
  private static final String CONFIG =
      """
      experimental-features = nix-command flakes
      flake-registry =
      accept-flake-config = false
      gc-reserved-space = 0
      warn-dirty = false
      connect-timeout = 10
      stalled-download-timeout = 30
      download-attempts = 1
      """;

  private final Path folder;
  private final Map<String, String> environment;

  private TestNix(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /**
   * A nix that keeps everything below {@code folder}.
   *
   * @param environment how it reaches the world, such as {@link TestForge#environment()}
   */
  public static TestNix in(Path folder, Map<String, String> environment) {
    try {
      return new TestNix(Files.createDirectories(folder), environment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The program. */
  public static String program() {
    return Optional.ofNullable(System.getenv("RELAY_NIX"))
        .filter(path -> Files.isExecutable(Path.of(path)))
        .orElse("nix");
  }

  /** The program that nix is if it is called so; it stands beside it. */
  public static Path parser() throws IOException {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path nix = Path.of(folder).resolve(program());
      if (Files.isExecutable(nix)) {
        return nix.toRealPath().resolveSibling("nix-instantiate");
      }
    }
    throw new IOException("there is no nix");
  }

  /**
   * Makes a script that does something before it becomes the real nix, by whichever of its names it
   * was called.
   *
   * @param script the file
   * @param before commands of the shell, which see nix's arguments
   */
  public static Path wrapper(Path script, String before) {
    try {
      return Programs.write(
          script,
          """
          #!/bin/sh
          %s
          case $0 in
            *nix-instantiate) exec '%s' "$@" ;;
            *) exec '%s' "$@" ;;
          esac
          """
              .formatted(before.strip(), parser(), program()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs {@code nix flake lock} in a folder, to its end, however it ends.
   *
   * @param arguments what follows, such as {@code --override-input NAME REFERENCE}
   */
  public Execution lock(Path flake, String... arguments) {
    return run(flake, "lock", arguments);
  }

  /**
   * Runs {@code nix flake update} in a folder, to its end, however it ends.
   *
   * @param inputs which; none: all
   */
  public Execution update(Path flake, String... inputs) {
    return run(flake, "update", inputs);
  }

  /** Evaluates an expression, to its end, however it ends; the answer is JSON. */
  public Execution evaluate(String expression) {
    return run(folder, List.of(program(), "eval", "--impure", "--json", "--expr", expression));
  }

  private Execution run(Path flake, String what, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program(), "flake", what));
    command.addAll(List.of(arguments));
    return run(flake, command);
  }

  private Execution run(Path place, List<String> command) {
    // A clean Git environment, too: nix runs git for git+https and git+ssh inputs.
    Map<String, String> variables = GitCommand.cleanEnvironment();
    variables.putAll(environment);
    variables.put("HOME", folder.resolve("home").toString());
    variables.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    variables.put("NIX_STORE_DIR", folder.resolve("store").toString());
    variables.put("NIX_STATE_DIR", folder.resolve("state").toString());
    variables.put("NIX_LOG_DIR", folder.resolve("log").toString());
    variables.put("NIX_CONF_DIR", folder.resolve("conf").toString());
    variables.put("NIX_CONFIG", CONFIG);
    return Execution.of(place, variables, new byte[0], command);
  }
}
