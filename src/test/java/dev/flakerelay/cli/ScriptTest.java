package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flakerelay.support.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./relay} itself, in front of a program that only looks for a file. */
class ScriptTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "C", "xx_XX.UTF-8"})
  void runsFromAnyFolderWhateverTheLocaleIs(String locale) throws IOException {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "this JVM can't make it");
    Path root = Files.createDirectories(folder.resolve("Flocken für Jürgen"));
    Path script = Files.copy(Path.of("relay"), root.resolve("relay"));
    program(root);
    Path config = Files.createFile(root.resolve("Größe.yaml"));

    Execution run =
        Execution.of(
            root,
            environment(locale),
            new byte[0],
            List.of("bash", script.toString(), config.toString()));

    assertThat(run.text()).as(run.errors()).isEqualTo("found\n");
    assertThat(run.exit()).isZero();
  }

  private static Map<String, String> environment(String locale) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    if (!locale.isEmpty()) {
      environment.put("LC_ALL", locale);
    }
    return environment;
  }

  /** All that the script expects to find. */
  private static void program(Path root) throws IOException {
    Files.createDirectories(root.resolve("src/main"));
    Files.createFile(root.resolve("pom.xml"));
    Path nix = Files.createDirectories(root.resolve("layer")).resolve("nix.sh");
    Files.writeString(nix, "#!/bin/sh\necho /nowhere/nix\n");
    assertThat(nix.toFile().setExecutable(true)).isTrue();
    Path jar = Files.createDirectories(root.resolve("target/relay")).resolve("flake-relay-1.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Finder.class.getName());
    String name = Finder.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        InputStream code = ScriptTest.class.getClassLoader().getResourceAsStream(name)) {
      out.putNextEntry(new JarEntry(name));
      out.write(code.readAllBytes());
    }
    // No archive is wanted, which takes longer to make than the test.
    Files.createFile(Path.of(jar + ".jsa"));
  }

  /** Stands for the program. */
  static final class Finder {
    private Finder() {}

    /** Says whether Java finds a file. */
    public static void main(String... arguments) {
      System.out.println(Files.exists(Path.of(arguments[0])) ? "found" : "not found");
    }
  }
}
