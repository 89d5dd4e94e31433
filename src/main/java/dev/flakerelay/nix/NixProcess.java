package dev.flakerelay.nix;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.log.Waiting;
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

/**
 * One run of nix within limits: the shell sets those that the system keeps, the others are watched
 * from here. Whatever happens, no process of it is left.
 */
final class NixProcess {
  /** Bytes at the end of nix's output that are looked at. */
  private static final int OUTPUT_TAIL = 64 * 1024;

  /** 128 and SIGXFSZ. */
  private static final int FILE_TOO_LARGE = 153;

  /** 128 and SIGXCPU. */
  private static final int TOO_LONG = 152;

  /** A file of four megabytes takes two; a few forms take a time that grows with their square. */
  private static final int PARSING_SECONDS = 10;

  /** 128 and SIGKILL, which is what a system that has no memory left sends. */
  private static final int KILLED = 137;

  private final Path program;
  private final NixFolder folder;
  private final NixLimits limits;
  private final Map<String, String> environment;
  private final LimitedRun run;

  /**
   * How nix is run in a folder, once or several times within the same limits.
   *
   * @param watch looks for what may not go on
   * @param deadline of the job that this is for
   */
  NixProcess(
      Path program,
      NixFolder folder,
      NixLimits limits,
      Map<String, String> environment,
      Watch watch,
      Deadline deadline) {
    this.program = program;
    this.folder = folder;
    this.limits = limits;
    this.environment = Map.copyOf(environment);
    this.run = new LimitedRun(folder, limits, watch, deadline);
  }

  /**
   * Runs it.
   *
   * @param attempt what it is to do, for messages
   * @param tokens what may not be in a message, in any form
   * @return the end of what it printed
   * @throws PermanentException if it would take more than the limits, or says what can't be helped
   * @throws RetryableException if time ran out, or for any other failure
   */
  String run(List<String> arguments, String attempt, List<Token> tokens)
      throws IOException, JobException {
    ProcessBuilder nix = process(program, arguments, 2 * Math.max(1, limits.time().toSeconds()));
    nix.redirectErrorStream(true);
    nix.redirectOutput(folder.output().toFile());
    return end(nix, attempt, tokens);
  }

  /**
   * Has nix parse a file, and evaluate nothing ({@code nix-instantiate --parse} in the Nix manual).
   * nix is that program if it is called so.
   *
   * @param answer where the expression is printed to, in a normal form
   * @param attempt what it is to do, for messages
   * @throws PermanentException if it is no expression, or takes too much to parse
   * @throws RetryableException if time ran out, or for any other failure
   */
  void parse(Path file, Path answer, String attempt) throws IOException, JobException {
    Path parser = folder.path().resolve("nix-instantiate");
    if (!Files.exists(parser)) {
      Files.createSymbolicLink(parser, program.toAbsolutePath());
    }
    List<String> arguments = List.of("--store", "dummy://", "--parse", file.toString());
    ProcessBuilder nix = process(parser, arguments, PARSING_SECONDS);
    nix.redirectOutput(answer.toFile());
    nix.redirectError(folder.output().toFile());
    end(nix, attempt, List.of());
  }

  private ProcessBuilder process(Path called, List<String> arguments, long processorSeconds) {
    ProcessBuilder nix = new ProcessBuilder(limited(called, arguments, processorSeconds));
    nix.directory(folder.path().toFile());
    nix.environment().clear();
    nix.environment().putAll(environment);
    nix.redirectInput(new File("/dev/null"));
    return nix;
  }

  private String end(ProcessBuilder nix, String attempt, List<Token> tokens)
      throws IOException, JobException {
    int exit;
    try (Waiting _ = Waiting.on("nix")) {
      exit = run.exitCode(nix.start(), attempt);
    }
    String output = tail(folder.output());
    if (exit == FILE_TOO_LARGE) {
      throw LimitedRun.tooMuch(attempt, "a file larger than " + limits.fileBytes() + " bytes");
    }
    if (exit == TOO_LONG) {
      throw new PermanentException(attempt + ": it computed for longer than the limit");
    }
    if (exit == KILLED) {
      throw new RetryableException(
          attempt
              + ": it was killed, most likely as the machine (the function) has too little memory");
    }
    if (exit != 0) {
      for (Token token : tokens) {
        output = token.hide(output);
      }
      throw NixFailure.of(attempt, output, folder.path().toString(), this::version);
    }
    return output;
  }

  /** As nix says it, for messages; empty if it can't. */
  private String version() throws IOException, JobException {
    ProcessBuilder nix = process(program, List.of("--version"), PARSING_SECONDS);
    nix.redirectErrorStream(true);
    nix.redirectOutput(folder.output().toFile());
    boolean isThere = run.exitCode(nix.start(), "could not ask nix for its version") == 0;
    return isThere ? NixVersion.in(tail(folder.output())).map(NixVersion::text).orElse("") : "";
  }

  @Override
  public String toString() {
    return program.toString();
  }

  private List<String> limited(Path called, List<String> arguments, long processorSeconds) {
    // Should this program be killed, nobody is left to watch: the processor's time ends as well.
    String script =
        "ulimit -c 0 && ulimit -f "
            + limits.fileBytes() / 512
            + " && ulimit -v "
            + limits.memoryBytes() / 1024
            + " && ulimit -t "
            + processorSeconds
            + " && exec \"$@\"";
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh", called.toString()));
    command.addAll(arguments);
    return command;
  }

  private static String tail(Path output) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - OUTPUT_TAIL));
      byte[] bytes = new byte[(int) Math.min(file.length(), OUTPUT_TAIL)];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** Looks at something that changes while nix runs. */
  @FunctionalInterface
  interface Watch {
    /** What has happened that may not; empty so far. */
    Optional<String> breach() throws IOException;
  }
}
