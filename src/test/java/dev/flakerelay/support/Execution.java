package dev.flakerelay.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One finished run of another program.
 *
 * @param command the program and its arguments
 * @param exit its exit code
 * @param output what it wrote to stdout
 * @param errors what it wrote to stderr
 */
// The arrays are read, never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Execution(List<String> command, int exit, byte[] output, String errors) {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

  /**
   * Runs a program to its end, with exactly the given environment.
   *
   * @param directory the working directory
   * @param input what it reads on stdin
   * @throws UncheckedIOException if it can't be started
   * @throws IllegalStateException if it has not ended after three minutes, or this thread is
   *     interrupted; it is killed, with all that it started
   */
  public static Execution of(
      Path directory, Map<String, String> environment, byte[] input, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      var output = CompletableFuture.supplyAsync(() -> all(process.getInputStream()), THREADS);
      var errors = CompletableFuture.supplyAsync(() -> all(process.getErrorStream()), THREADS);
      THREADS.execute(() -> feed(process, input));
      if (!endsInTime(process)) {
        throw new IllegalStateException("did not end within " + DEADLINE + ": " + command);
      }
      return new Execution(
          command,
          process.exitValue(),
          output.join(),
          new String(errors.join(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("could not start " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + command, e);
    }
  }

  /** Whether it does; if it does not, or nobody waits for it any more, it is killed. */
  private static boolean endsInTime(Process process) throws InterruptedException {
    boolean ended = false;
    try {
      ended = process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } finally {
      if (!ended) {
        Programs.kill(Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList());
      }
    }
    return ended;
  }

  private static byte[] all(InputStream stream) {
    try (stream) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void feed(Process process, byte[] input) {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException ignored) {
      // The program ended, or closed its stdin, without reading all of it: its exit code tells.
    }
  }

  /** What the program wrote to stdout, as UTF-8 text. */
  public String text() {
    return new String(output, StandardCharsets.UTF_8);
  }

  /**
   * This run, if it succeeded.
   *
   * @throws AssertionError if the exit code is not 0; says what the program wrote
   */
  public Execution succeeded() {
    if (exit != 0) {
      throw new AssertionError(
          command + " ended with " + exit + "\nstderr: " + errors + "\nstdout: " + text());
    }
    return this;
  }
}
