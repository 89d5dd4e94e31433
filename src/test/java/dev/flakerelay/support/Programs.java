package dev.flakerelay.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Processes of this machine. */
public final class Programs {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Programs() {}

  /**
   * Whether it has not ended. One that has, and that nobody has waited for, is there still, but
   * runs no program.
   */
  public static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  /** Skips the test, and says so, unless these are on the PATH. */
  public static void need(String... names) {
    List<Path> folders =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)).map(Path::of).toList();
    for (String name : names) {
      boolean found = folders.stream().anyMatch(each -> Files.isExecutable(each.resolve(name)));
      assumeTrue(found, name + " is needed");
    }
  }

  /** {@code kill -9}; returns when they have ended. */
  public static void kill(List<ProcessHandle> processes) {
    processes.forEach(ProcessHandle::destroyForcibly);
    Await.until(PATIENCE, () -> processes.stream().noneMatch(Programs::runs));
  }

  /**
   * Waits until nothing runs that this process started and that has to do with a folder: it works
   * there, or names the folder in an argument or a variable. A test's servers may be about to end
   * theirs.
   *
   * @throws AssertionError if something goes on
   */
  public static void awaitEndIn(Path folder) {
    Await.until(
        PATIENCE,
        () ->
            ProcessHandle.current()
                .descendants()
                .noneMatch(each -> runs(each) && concerns(each, folder)));
  }

  /**
   * As Linux tells it ("proc_pid_cwd", "proc_pid_cmdline" and "proc_pid_environ" in its manual).
   */
  private static boolean concerns(ProcessHandle process, Path folder) {
    Path told = Path.of("/proc", Long.toString(process.pid()));
    try {
      return Files.readSymbolicLink(told.resolve("cwd")).startsWith(folder)
          || text(told.resolve("cmdline")).contains(folder.toString())
          || text(told.resolve("environ")).contains(folder.toString());
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /**
   * Writes a program, such as a script of the shell, which may be run at once. Another process
   * writes it: whatever this one starts meanwhile, for a test on another thread, gets a copy of its
   * open files for a moment, and Linux runs no file that somebody has open for writing.
   *
   * @param file its folder is made if need be
   */
  public static Path write(Path file, String text) throws IOException {
    Path folder = Files.createDirectories(file.resolveSibling("."));
    Execution.of(
            folder,
            GitCommand.cleanEnvironment(),
            text.getBytes(StandardCharsets.UTF_8),
            List.of(
                "sh", "-c", "cat > \"$0\" && chmod 755 \"$0\"", file.toAbsolutePath().toString()))
        .succeeded();
    return file;
  }
}
