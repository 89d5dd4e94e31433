package dev.flakerelay.cli;

import dev.flakerelay.support.Execution;
import dev.flakerelay.support.TestNix;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * The program as {@code ./relay} starts it: a jar, with its libraries beside it, and an archive of
 * the classes that the demo uses. A JVM starts in half the time with it. Both are kept for the next
 * run of the tests, until a class changes.
 */
final class PackedProgram {
  private static final PackedProgram PACKED = new PackedProgram(classes());

  private static Path classes() {
    try {
      return Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private final Path classes;
  private final Path folder;
  private final Path jar;
  private final Path archive;

  private PackedProgram(Path classes) {
    this.classes = classes;
    this.folder = classes.resolveSibling("test-program").toAbsolutePath();
    this.jar = folder.resolve("relay.jar");
    this.archive = folder.resolve("relay.jsa");
    try {
      if (!isCurrent()) {
        remove();
        pack(Files.createDirectories(folder.resolve("lib")));
        archive();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isCurrent() throws IOException {
    if (!Files.exists(archive)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(classes)) {
      long made = archive.toFile().lastModified();
      return files.allMatch(each -> each.toFile().lastModified() < made);
    }
  }

  private void remove() throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.toList().reversed()) {
          Files.delete(each);
        }
      }
    }
  }

  private void pack(Path lib) throws IOException {
    List<String> libraries = new ArrayList<>();
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (each.endsWith(".jar")) {
        Path library = lib.resolve(Path.of(each).getFileName());
        Files.createSymbolicLink(library, Path.of(each));
        libraries.add("lib/" + library.getFileName());
      }
    }
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, Main.class.getName());
    main.put(Attributes.Name.CLASS_PATH, String.join(" ", libraries));
    main.putValue("Enable-Native-Access", "ALL-UNNAMED");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
      }
    }
  }

  /** With no archive, if the demo fails, programs just start slower. */
  private void archive() {
    run(List.of(Path.of(".mvn/Unsign.java").toAbsolutePath().toString(), "lib"));
    Path made = folder.resolve("new.jsa");
    run(
        Stream.of(
                List.of("-XX:ArchiveClassesAtExit=" + made),
                RelayProgram.OPTIONS,
                List.of("-jar", jar.toString(), "demo"))
            .flatMap(List::stream)
            .toList());
    boolean ignored = made.toFile().renameTo(archive.toFile());
  }

  private void run(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(RelayProgram.java()));
    command.addAll(arguments);
    Map<String, String> environment =
        Map.of("PATH", System.getenv("PATH"), "RELAY_NIX", TestNix.program());
    Execution ignored = Execution.of(folder, environment, new byte[0], command);
  }

  /** The JVM's arguments that start it, but for those of {@link RelayProgram#OPTIONS}. */
  static List<String> arguments() {
    return List.of(
        "-XX:SharedArchiveFile=" + PACKED.archive, "-Xshare:auto", "-jar", PACKED.jar.toString());
  }
}
