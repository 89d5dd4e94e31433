package dev.flakerelay.cli;

import dev.flakerelay.support.Execution;
import dev.flakerelay.support.TestNix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The real program, run as a child process with an environment of its own.
 *
 * @param folder where it has its home, temporary and data folders
 * @param environment all its variables
 */
public record RelayProgram(Path folder, Map<String, String> environment) {
  /** The secret that deliveries are signed with. */
  public static final String SECRET = "It's a Secret to Everybody";

  /** As {@code ./relay} has them. */
  static final List<String> OPTIONS =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-PrintWarnings", "-Xlog:disable");

  /** A program that has everything it needs. */
  public static RelayProgram in(Path folder) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("RELAY_NIX", TestNix.program());
    environment.put("RELAY_WEBHOOK_SECRET", SECRET);
    try {
      Files.createDirectories(folder.resolve("tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RelayProgram(folder, Map.copyOf(environment));
  }

  /** The same with one variable more, or with another value. */
  public RelayProgram with(String name, String value) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(name, value);
    return new RelayProgram(folder, Map.copyOf(changed));
  }

  /** The same without a variable. */
  RelayProgram without(String name) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.remove(name);
    return new RelayProgram(folder, Map.copyOf(changed));
  }

  /** Where it keeps what it deletes again. */
  Path temporary() {
    return folder.resolve("tmp");
  }

  /** Where {@code serve} keeps its queue. */
  Path data() {
    return folder.resolve("data");
  }

  /** Runs a command to its end. That it waited for something tells of this machine only. */
  public Execution run(String... arguments) {
    Execution run = Execution.of(folder, environment, new byte[0], command(arguments));
    return new Execution(
        run.command(),
        run.exit(),
        run.output(),
        run.errors().replaceAll("(?m)^relay: waiting for .*\\n", ""));
  }

  /** The same as the last arguments of another program. */
  Execution runBy(List<String> other, String... arguments) {
    List<String> command = new ArrayList<>(other);
    command.addAll(command(arguments));
    return Execution.of(folder, environment, new byte[0], command);
  }

  /** Starts a command. */
  StartedProgram start(String... arguments) {
    return StartedProgram.start(this, command(arguments));
  }

  /** The same as a terminal starts it: what this runs in may have SIGINT ignored. */
  StartedProgram startInForeground(String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(command(arguments));
    return StartedProgram.start(this, command);
  }

  /**
   * Starts {@code serve} on a free port and waits until it listens. It hears SIGHUP, whatever this
   * runs in.
   */
  public ServeProcess serve(Path config, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP"));
    command.addAll(command(serveArguments(config, arguments)));
    return ServeProcess.start(this, command);
  }

  /** The same within a limit for the size of each file, in KB, as of a disk that gets full. */
  ServeProcess serveOnDiskOf(int kilobytes, Path config, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("bash", "-c", "ulimit -S -f " + kilobytes + " && exec \"$@\"", "sh"));
    command.addAll(command(serveArguments(config, arguments)));
    return ServeProcess.start(this, command);
  }

  /** The same with this umask, as the shell writes it. */
  ServeProcess serveWithUmask(String umask, Path config, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "umask " + umask + " && exec \"$@\"", "sh"));
    command.addAll(command(serveArguments(config, arguments)));
    return ServeProcess.start(this, command);
  }

  /** The same by another main class, which runs the program and does something besides; 128 MB. */
  ServeProcess serveWithin(Class<?> main, Path config, String... arguments) {
    List<String> command =
        start(
            List.of(
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()),
            serveArguments(config, arguments));
    return ServeProcess.start(this, command);
  }

  private String[] serveArguments(Path config, String... arguments) {
    List<String> all = new ArrayList<>(List.of("serve", "--config", config.toString()));
    all.addAll(List.of("--port", "0", "--data", data().toString()));
    all.addAll(List.of(arguments));
    if (!all.contains("--admin")) {
      all.addAll(List.of("--admin", "off")); // for its page it asks the servers, too
    }
    return all.toArray(String[]::new);
  }

  private List<String> command(String... arguments) {
    return start(PackedProgram.arguments(), arguments);
  }

  private List<String> start(List<String> program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(OPTIONS);
    command.add("-Djava.io.tmpdir=" + temporary());
    command.addAll(program);
    command.addAll(List.of(arguments));
    return command;
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
