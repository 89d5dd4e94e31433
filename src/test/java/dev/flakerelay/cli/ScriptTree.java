package dev.flakerelay.cli;

import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A source tree with the real {@code ./relay}, in front of a program that only looks for a file,
 * and with a {@code layer/nix.sh} that only says that it was called.
 */
record ScriptTree(Path root) {
  static ScriptTree in(Path root) throws IOException {
    ScriptTree tree = new ScriptTree(root);
    Files.createDirectories(root.resolve("src/main"));
    Files.copy(Path.of("relay"), root.resolve("relay"));
    Files.createFile(root.resolve("pom.xml"));
    tree.program(
        "layer/nix.sh",
        """
        #!/bin/sh
        echo "nix.sh:$*${RELAY_NIX-}" >>"${0%/layer/*}/calls"
        echo /nowhere/nix
        """);
    tree.writeJar();
    return tree;
  }

  private void writeJar() throws IOException {
    Files.createDirectories(jar().getParent());
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Finder.class.getName());
    String type = Finder.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar()), manifest);
        InputStream code = ScriptTree.class.getClassLoader().getResourceAsStream(type)) {
      out.putNextEntry(new JarEntry(type));
      out.write(code.readAllBytes());
    }
    // No archive is wanted, which takes longer to make than the test.
    Files.createFile(Path.of(jar() + ".jsa"));
  }

  /** The program: says whether the file is there that its first argument names. */
  Path jar() {
    return root.resolve("target/relay/flake-relay-1.jar");
  }

  /** Writes an executable file. */
  void program(String name, String text) throws IOException {
    Programs.write(root.resolve(name), text);
  }

  /** Runs {@code ./relay} with a search path, a JDK and what else is given. */
  Execution run(Map<String, String> more, String... arguments) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.putAll(more);
    List<String> command = new ArrayList<>(List.of("bash", root.resolve("relay").toString()));
    Arrays.stream(arguments).filter(each -> !each.isEmpty()).forEach(command::add);
    return Execution.of(root, environment, new byte[0], command);
  }

  /**
   * One line for each call of {@code nix.sh}, with its arguments and the caller's {@code
   * RELAY_NIX}.
   */
  List<String> calls() {
    Path log = root.resolve("calls");
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stands for the program. */
  static final class Finder {
    private Finder() {}

    /** Says whether Java finds a file. */
    public static void main(String... arguments) {
      boolean found = arguments.length > 0 && Files.exists(Path.of(arguments[0]));
      System.out.println(found ? "found" : "not found");
    }
  }
}
