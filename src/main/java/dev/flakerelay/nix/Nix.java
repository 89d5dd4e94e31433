package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The {@code nix} program, version 2.19 or newer, run for one thing: to make a new {@code
 * flake.lock}. It runs in a folder of its own with an environment of its own, and leaves nothing
 * behind.
 */
public final class Nix {
  /** Bytes at the end of nix's output that are looked at. */
  private static final int OUTPUT_TAIL = 64 * 1024;

  /** The first version that locks a single input with the commands of today. */
  private static final Runtime.Version OLDEST = Runtime.Version.parse("2.19");

  private static final Pattern VERSION = Pattern.compile("(\\d+\\.\\d+)\\S*");

  /**
   * What nix needs to know of the network it runs in; nothing else of our environment reaches it.
   */
  private static final List<String> INHERITED =
      List.of(
          "PATH",
          "http_proxy",
          "https_proxy",
          "all_proxy",
          "no_proxy",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "ALL_PROXY",
          "NO_PROXY",
          "SSL_CERT_FILE",
          "NIX_SSL_CERT_FILE",
          "GIT_SSH_COMMAND");

  private final Path program;
  private final Path work;
  private final NixLimits limits;
  private final Map<String, String> environment;

  /**
   * A nix program.
   *
   * @param program its path
   * @param work where a folder is made for each run
   * @param environment the process's environment, of which nix is given the search path, proxies
   *     and certificates
   */
  public Nix(Path program, Path work, NixLimits limits, Map<String, String> environment) {
    this.program = program;
    this.work = work;
    this.limits = limits;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Locks inputs to given references, as {@code nix flake lock --override-input NAME REFERENCE}
   * does in a checkout.
   *
   * @param files the flake's files by path relative to the repository's root: flake.nix,
   *     flake.lock, and those of flakes that it takes in by relative path
   * @param directory where flake.nix is, {@code .} for the root
   * @param overrides references by input name
   * @param access tokens for private sources
   * @return the new flake.lock
   * @throws PermanentException if nix says that this can't be locked
   * @throws RetryableException if the network, the machine or the limits stood in the way
   */
  public byte[] lock(
      Map<String, byte[]> files,
      String directory,
      Map<String, String> overrides,
      List<NixAccess> access)
      throws JobException {
    try (NixFolder folder = new NixFolder(work)) {
      folder.write(files);
      List<String> command = new ArrayList<>(List.of("flake", "lock"));
      new TreeMap<>(overrides)
          .forEach(
              (input, reference) -> command.addAll(List.of("--override-input", input, reference)));
      String query = directory.equals(".") ? "" : "?dir=" + directory;
      // A relative path: nix can't read an absolute one with a space or a # in it.
      command.add("path:./" + folder.path().relativize(folder.flake()) + query);
      run(folder, command, access, "nix could not lock " + overrides.values());
      Path lock = folder.flake().resolve(directory).resolve("flake.lock").normalize();
      return Files.readAllBytes(lock);
    } catch (IOException e) {
      throw new RetryableException("could not run nix (" + program + "): " + e, e);
    }
  }

  /**
   * The program's version, such as {@code 2.26.3}.
   *
   * @throws JobException if the program does not run, or is older than 2.19
   */
  public String version() throws JobException {
    try (NixFolder folder = new NixFolder(work)) {
      String output = run(folder, List.of("--version"), List.of(), "nix does not run").strip();
      Matcher version = VERSION.matcher(output);
      if (!version.find()) {
        throw new PermanentException(program + " does not say its version, but: " + output);
      }
      if (Runtime.Version.parse(version.group(1)).compareTo(OLDEST) < 0) {
        throw new PermanentException(
            program
                + " is nix "
                + version.group(1)
                + ": version "
                + OLDEST
                + " or newer is needed");
      }
      return version.group();
    } catch (IOException e) {
      throw new PermanentException(
          "could not run nix (" + program + "): " + e.getMessage() + ": set RELAY_NIX to its path",
          e);
    }
  }

  private String run(
      NixFolder folder, List<String> arguments, List<NixAccess> access, String attempt)
      throws IOException, JobException {
    ProcessBuilder nix = new ProcessBuilder(limited(arguments));
    nix.directory(folder.path().toFile());
    nix.environment().clear();
    nix.environment().putAll(environmentFor(folder, access));
    nix.redirectInput(new File("/dev/null"));
    nix.redirectErrorStream(true);
    nix.redirectOutput(folder.output().toFile());
    Optional<Integer> exit = exitCode(nix.start());
    String output = tail(folder.output());
    if (exit.isEmpty()) {
      throw new RetryableException(
          attempt + ": it was stopped after " + limits.time().toSeconds() + " s");
    }
    if (exit.get() != 0) {
      List<String> noise = new ArrayList<>(List.of(folder.path().toString()));
      access.forEach(each -> noise.addAll(List.of(each.token(), each.gitHeader())));
      throw NixFailure.of(attempt, output, noise);
    }
    return output;
  }

  /** The shell sets the limits, then becomes nix. */
  private List<String> limited(List<String> arguments) {
    long fileBlocks = limits.fileBytes() / 512;
    long memoryKilobytes = limits.memoryBytes() / 1024;
    String script =
        "ulimit -f " + fileBlocks + " && ulimit -v " + memoryKilobytes + " && exec \"$@\"";
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh", program.toString()));
    command.addAll(arguments);
    return command;
  }

  private Map<String, String> environmentFor(NixFolder folder, List<NixAccess> access) {
    Map<String, String> variables = new TreeMap<>();
    for (String name : INHERITED) {
      Optional.ofNullable(environment.get(name)).ifPresent(value -> variables.put(name, value));
    }
    String certificates = environment.get("SSL_CERT_FILE");
    if (certificates != null) {
      variables.putIfAbsent("NIX_SSL_CERT_FILE", certificates);
    }
    variables.put("HOME", folder.path().resolve("home").toString());
    variables.put("XDG_CACHE_HOME", folder.path().resolve("cache").toString());
    variables.put("TMPDIR", folder.path().toString());
    variables.put("NIX_STORE_DIR", folder.path().resolve("store").toString());
    variables.put("NIX_STATE_DIR", folder.path().resolve("state").toString());
    variables.put("NIX_LOG_DIR", folder.path().resolve("log").toString());
    variables.put("NIX_CONFIG", settings(access));
    variables.put("GIT_CONFIG_GLOBAL", "/dev/null");
    variables.put("GIT_CONFIG_NOSYSTEM", "1");
    variables.put("GIT_TERMINAL_PROMPT", "0");
    variables.put("GIT_CONFIG_COUNT", Integer.toString(access.size()));
    for (int i = 0; i < access.size(); i++) {
      variables.put("GIT_CONFIG_KEY_" + i, "http." + access.get(i).gitUrl() + ".extraHeader");
      variables.put("GIT_CONFIG_VALUE_" + i, access.get(i).gitHeader());
    }
    return variables;
  }

  private static String settings(List<NixAccess> access) {
    String tokens =
        access.stream().map(NixAccess::nixSetting).distinct().collect(Collectors.joining(" "));
    return """
    experimental-features = nix-command flakes
    flake-registry =
    accept-flake-config = false
    warn-dirty = false
    build-users-group =
    gc-reserved-space = 0
    connect-timeout = 15
    stalled-download-timeout = 30
    """
        + (tokens.isEmpty() ? "" : "access-tokens = " + tokens + "\n");
  }

  private Optional<Integer> exitCode(Process process) {
    try {
      if (process.waitFor(limits.time().toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.of(process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    return Optional.empty();
  }

  private static String tail(Path output) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - OUTPUT_TAIL));
      byte[] bytes = new byte[(int) Math.min(file.length(), OUTPUT_TAIL)];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
