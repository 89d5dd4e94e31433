package dev.flakerelay.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The git program in one folder, in an environment that knows nothing of this machine's or its
 * user's configuration.
 *
 * @param directory the working directory
 * @param environment variables on top of {@link #cleanEnvironment()}
 */
public record GitCommand(Path directory, Map<String, String> environment) {

  /** Git without configuration, prompts and translations; its author is {@code Test}. */
  public static Map<String, String> cleanEnvironment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin"));
    environment.put("HOME", "/nonexistent");
    environment.put("LC_ALL", "C");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    for (String role : List.of("AUTHOR", "COMMITTER")) {
      environment.put("GIT_" + role + "_NAME", "Test");
      environment.put("GIT_" + role + "_EMAIL", "test@example.org");
    }
    return environment;
  }

  /** Git in {@code directory}. */
  public static GitCommand in(Path directory) {
    return new GitCommand(directory, Map.of());
  }

  /** The same with further variables. */
  public GitCommand with(Map<String, String> further) {
    Map<String, String> merged = new HashMap<>(environment);
    merged.putAll(further);
    return new GitCommand(directory, merged);
  }

  /** Runs git to its end, however it ends. */
  public Execution attempt(String... arguments) {
    return attempt(new byte[0], arguments);
  }

  /** Runs git to its end, however it ends, with {@code input} on its stdin. */
  public Execution attempt(byte[] input, String... arguments) {
    Map<String, String> variables = cleanEnvironment();
    variables.putAll(environment);
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return Execution.of(directory, variables, input, command);
  }

  /**
   * Runs git and gives what it wrote to stdout, without the last line's end.
   *
   * @throws AssertionError if git fails
   */
  public String run(String... arguments) {
    return attempt(arguments).succeeded().text().stripTrailing();
  }
}
