package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The build, where Maven's repository delivers something else than what was published. */
@Tag("slow")
class ChecksumTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"right", "wrong", "missing"})
  void aJarOfAnotherChecksumIsNotBuiltWith(String checksum) throws IOException {
    ScriptTree tree = ScriptTree.in(folder);
    Files.delete(tree.jar());
    Files.createDirectories(folder.resolve(".mvn"));
    Files.copy(Path.of(".mvn/maven.config"), folder.resolve(".mvn/maven.config"));
    MavenRepository repository = new MavenRepository(folder.resolve("repository"));
    Files.writeString(folder.resolve("pom.xml"), repository.projectThatNeeds("thing"));
    // Debian's Maven 3.8 adds this one to what every extension needs.
    repository.add("org.codehaus.plexus", "plexus-utils", "1.1");
    Path jar = repository.add("dev.thing", "thing", "1");
    switch (checksum) {
      case "wrong" -> Files.writeString(jar, "more", StandardOpenOption.APPEND);
      case "missing" -> Files.delete(Path.of(jar + ".sha1"));
      default -> assertThat(checksum).isEqualTo("right");
    }

    Execution run = tree.run(Map.of("MAVEN_OPTS", "-Duser.home=" + folder), "--version");

    if (checksum.equals("right")) {
      assertThat(run.errors()).doesNotContain("Maven could not build");
    } else {
      assertThat(run.errors())
          .contains("Checksum validation failed", "relay: Maven could not build the program");
      assertThat(run.exit()).isEqualTo(2);
    }
  }
}
