import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.Ports;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes an image, as a tar file that "docker load" and "podman load" take, without a container engine: Image.java ROOT VERSION
 * ARCHITECTURE FILE. ROOT is laid out as the image is; each folder that is named below is a layer of its own, the rest is the first.
 */
public class Image {
  private static final String HOME = "/opt/flake-relay";
  private static final String DATA = "/var/lib/flake-relay";
  private static final String USER = "65532:65532";

  /** That of the archive, which class data sharing compares. */
  private static final Instant TIME = Instant.ofEpochSecond(315532800);

  private static final List<String> LAYERS = List.of(HOME + "/nix", HOME + "/runtime", HOME);

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    Path cache = Files.createTempDirectory("image");
    var image =
        Jib.fromScratch()
            .setPlatforms(Set.of(new Platform(args[2], "linux")))
            .setCreationTime(TIME)
            .addFileEntriesLayer(layer(root, ""));
    for (String layer : LAYERS) {
      image.addFileEntriesLayer(layer(root, layer));
    }
    image
        .setEntrypoint(HOME + "/bin/relay")
        .setProgramArguments(
            "serve", "--config", "/etc/flake-relay/relay.yaml", "--data", DATA, "--host", "0.0.0.0", "--log", "json")
        .setUser(USER)
        .setWorkingDirectory(AbsoluteUnixPath.get(DATA))
        .setEnvironment(Map.of("PATH", "/usr/bin:/bin:" + HOME + "/bin", "HOME", DATA))
        .addVolume(AbsoluteUnixPath.get(DATA))
        .setExposedPorts(Ports.parse(List.of("8080")))
        .setLabels(
            Map.of(
                "org.opencontainers.image.title", "flake-relay",
                "org.opencontainers.image.version", args[1],
                "org.opencontainers.image.licenses", "MIT"))
        .containerize(
            Containerizer.to(TarImage.at(Path.of(args[3])).named("flake-relay:" + args[1]))
                .setApplicationLayersCache(cache)
                .setBaseImageLayersCache(cache)
                .setOfflineMode(true));
  }

  /** What belongs to a layer and to none of those before it in the list. */
  private static FileEntriesLayer layer(Path root, String name) throws Exception {
    var layer = FileEntriesLayer.builder().setName(name.isEmpty() ? "system" : name);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted().toList()) {
        String path = "/" + root.relativize(file);
        if (file.equals(root) || !name.equals(LAYERS.stream().filter(each -> isIn(path, each)).findFirst().orElse(""))) {
          continue;
        }
        layer.addEntry(
            file,
            AbsoluteUnixPath.get(path),
            FilePermissions.fromPosixFilePermissions(Files.getPosixFilePermissions(file)),
            TIME,
            path.equals(DATA) ? USER : "0:0");
      }
    }
    return layer.build();
  }

  private static boolean isIn(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + "/");
  }
}
