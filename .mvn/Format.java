import com.google.googlejavaformat.java.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format over every Java file below {@code src}: {@code check} fails on a file that is not formatted, {@code
 * write} formats it in place. The formatter itself takes file names only, and Maven's exec plugin has no globs.
 */
public class Format {
  public static void main(String[] args) throws Exception {
    var command =
        new ArrayList<>(
            args[0].equals("write") ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    try (var files = Files.walk(Path.of("src"))) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).sorted().forEach(command::add);
    }
    Main.main(command.toArray(String[]::new));
  }
}
