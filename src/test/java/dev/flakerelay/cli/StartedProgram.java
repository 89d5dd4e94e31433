package dev.flakerelay.cli;

import dev.flakerelay.support.Await;
import dev.flakerelay.support.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command that runs, and writes into files.
 *
 * @param process it
 * @param out what it wrote to stdout so far
 * @param errors what it wrote to stderr so far
 */
record StartedProgram(Process process, Path out, Path errors) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  static StartedProgram start(RelayProgram program, List<String> command) {
    try {
      Path out = Files.createTempFile(program.folder(), "out", "");
      Path errors = Files.createTempFile(program.folder(), "errors", "");
      ProcessBuilder builder = new ProcessBuilder(command).directory(program.folder().toFile());
      builder.environment().clear();
      builder.environment().putAll(program.environment());
      builder.redirectOutput(out.toFile()).redirectError(errors.toFile());
      return new StartedProgram(builder.start(), out, errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a file has some words. */
  void await(Path file, String words) {
    Await.until(PATIENCE, () -> text(file).contains(words) || !process.isAlive());
    if (!text(file).contains(words)) {
      throw new AssertionError("ended without " + words + ": " + text(out) + text(errors));
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a signal, as {@code kill} names it, and returns the exit code. */
  int signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still running");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    Programs.kill(Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList());
  }
}
