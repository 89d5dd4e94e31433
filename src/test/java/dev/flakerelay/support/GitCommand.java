package dev.flakerelay.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The git program in one folder, in an environment that knows nothing of this machine's or its
 * user's configuration.
 *
 * @param directory the working directory
 * @param environment variables on top of {@link #cleanEnvironment()}
 */
public record GitCommand(Path directory, Map<String, String> environment) {

  /**
   * Git without configuration, prompts and translations; its author is {@code Test}. It never
   * tidies up in the background, where it would outlive the test and write into a folder that is
   * removed.
   */
  public static Map<String, String> cleanEnvironment() {
    return environmentWith(Map.of());
  }

  /** {@link #cleanEnvironment()} with settings, such as {@code http.receivepack} → {@code true}. */
  static Map<String, String> environmentWith(Map<String, String> settings) {
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
    Map<String, String> all = new TreeMap<>(settings);
    all.put("gc.auto", "0");
    all.put("maintenance.auto", "false");
    int number = 0;
    for (Map.Entry<String, String> setting : all.entrySet()) {
      environment.put("GIT_CONFIG_KEY_" + number, setting.getKey());
      environment.put("GIT_CONFIG_VALUE_" + number++, setting.getValue());
    }
    environment.put("GIT_CONFIG_COUNT", Integer.toString(number));
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
