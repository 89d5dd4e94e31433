package dev.flakerelay.cli;

import dev.flakerelay.support.Programs;
import dev.flakerelay.support.TestNix;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Stands in front of the programs that ours starts, and writes down every argument. Git writes down
 * those of its own helpers as well ("GIT_TRACE2_EVENT" in Git's manual).
 *
 * @param programs what comes first on the search path
 * @param records what was written down
 */
record RecordedPrograms(Path programs, Path records) {
  static RecordedPrograms in(Path folder) throws IOException {
    Path programs = Files.createDirectories(folder.resolve("programs"));
    Path records = Files.createDirectories(folder.resolve("records"));
    for (String name : List.of("sh", "git", "nix")) {
      Programs.write(
          programs.resolve(name),
          """
          #!/bin/bash
          printf '%%s\\n' "$0" "$@" >> '%1$s/arguments'
          export GIT_TRACE2_EVENT='%1$s'
          [ "${0##*/}" != nix-instantiate ] || exec '%3$s' "$@"
          exec '%2$s' "$@"
          """
              .formatted(records, real(name), TestNix.parser()));
    }
    return new RecordedPrograms(programs, records);
  }

  private static Path real(String name) {
    String program = name.equals("nix") ? TestNix.program() : name;
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path found = Path.of(folder).resolve(program);
      if (Files.isExecutable(found)) {
        return found;
      }
    }
    throw new IllegalStateException(name + " is not on the search path");
  }

  /** The variables that lead a program here. */
  Map<String, String> environment() {
    return Map.of(
        "PATH",
        programs + File.pathSeparator + System.getenv("PATH"),
        "RELAY_NIX",
        programs.resolve("nix").toString());
  }

  /** Everything that was written down. */
  byte[] arguments() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (var files = Files.list(records)) {
      for (Path file : files.toList()) {
        all.writeBytes(Files.readAllBytes(file));
      }
    }
    return all.toByteArray();
  }
}
