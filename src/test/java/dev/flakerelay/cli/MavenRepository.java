package dev.flakerelay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.jar.JarOutputStream;

/** A folder that Maven takes for its central repository, with empty jars. */
record MavenRepository(Path folder) {
  /** A pom.xml whose build needs version 1 of {@code dev.thing:NAME} and nothing else. */
  String projectThatNeeds(String name) {
    return """
    <project>
      <modelVersion>4.0.0</modelVersion>
      <groupId>dev.thing</groupId>
      <artifactId>project</artifactId>
      <version>1</version>
      <packaging>pom</packaging>
      <pluginRepositories>
        <pluginRepository><id>central</id><url>%s</url></pluginRepository>
      </pluginRepositories>
      <build>
        <extensions>
          <extension><groupId>dev.thing</groupId><artifactId>%s</artifactId><version>1</version></extension>
        </extensions>
      </build>
    </project>
    """
        .formatted(folder.toUri(), name);
  }

  /**
   * Adds an artifact, with the right checksums.
   *
   * @return its jar; the checksum is beside it, in a file with {@code .sha1} at its name's end
   */
  Path add(String group, String name, String version) throws IOException {
    Path home = folder.resolve(group.replace('.', '/')).resolve(name).resolve(version);
    Files.createDirectories(home);
    Path jar = home.resolve(name + "-" + version + ".jar");
    new JarOutputStream(Files.newOutputStream(jar)).close();
    Path pom = home.resolve(name + "-" + version + ".pom");
    Files.writeString(
        pom,
        """
        <project>
          <modelVersion>4.0.0</modelVersion>
          <groupId>%s</groupId>
          <artifactId>%s</artifactId>
          <version>%s</version>
        </project>
        """
            .formatted(group, name, version));
    for (Path file : new Path[] {jar, pom}) {
      Files.writeString(Path.of(file + ".sha1"), sha1(Files.readAllBytes(file)));
    }
    return jar;
  }

  private static String sha1(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
