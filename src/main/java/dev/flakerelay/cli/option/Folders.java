package dev.flakerelay.cli.option;

import dev.flakerelay.process.PrivateFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;

/** Where the program keeps things if nothing else is said (XDG Base Directory Specification). */
public final class Folders {
  private Folders() {}

  /** For what must last: the queue. */
  public static Path state(Map<String, String> environment) {
    return below(environment, "XDG_STATE_HOME", ".local/state");
  }

  /** For what can be made anew. */
  public static Path cache(Map<String, String> environment) {
    return below(environment, "XDG_CACHE_HOME", ".cache");
  }

  /**
   * Makes the folder in which everything is kept, or mends it: nobody else may read what is in it,
   * and nobody else's files or links may lead astray what is written.
   */
  public static void prepare(Path folder) throws SetupException {
    try {
      Path real = PrivateFiles.namedFolder(folder);
      PrivateFiles.tree(real.resolve("queue"));
      PrivateFiles.tree(real.resolve("journal"));
      PrivateFiles.tree(real.resolve("git"));
      PrivateFiles.folder(real.resolve("nix"));
    } catch (FileSystemException e) {
      String reason =
          switch (e) {
            case AccessDeniedException _ ->
                "this user may not write there: name another data folder";
            case FileAlreadyExistsException _ -> "something else is in its place";
            default -> String.valueOf(e.getReason());
          };
      throw new SetupException(refusal(folder) + e.getFile() + ": " + reason, e);
    } catch (IOException e) {
      throw new SetupException(refusal(folder) + e.getMessage(), e);
    }
  }

  private static String refusal(Path folder) {
    return "Tried to use the data folder " + folder + " but failed because: ";
  }

  private static Path below(Map<String, String> environment, String variable, String usual) {
    String named = environment.getOrDefault(variable, "");
    Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
    Path base = named.isBlank() ? home.resolve(usual) : Path.of(named);
    return base.resolve("flake-relay").toAbsolutePath();
  }
}
