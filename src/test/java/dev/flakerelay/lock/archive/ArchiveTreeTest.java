package dev.flakerelay.lock.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Deadline;
import dev.flakerelay.process.ScratchFolder;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is read from an archive is what nix reads from it, byte for byte, or it is refused. */
@Tag("slow")
class ArchiveTreeTest {
  /** {@code -Dseeds=FIRST,COUNT} tries others. */
  private static final String[] SEEDS = System.getProperty("seeds", "1,24").split(",", -1);

  private Path folder;

  @BeforeEach
  void make() throws Exception {
    folder = Files.createTempDirectory("archives");
  }

  /** Links out of it are deleted, and nothing that they lead to. */
  @AfterEach
  void delete() throws Exception {
    ScratchFolder.delete(folder);
  }

  @Test
  void hashesAnyTreeAsNixDoes() throws Exception {
    Map<String, Path> archives = new LinkedHashMap<>();
    long first = Long.parseLong(SEEDS[0]);
    for (long seed : LongStream.range(first, first + Long.parseLong(SEEDS[1])).toArray()) {
      TestRepository tree = RandomTree.in(folder.resolve("tree" + seed), seed, seed % 3 == 0);
      archives.put("seed " + seed, archive(tree, "tree" + seed));
    }
    Map<String, String> ours = ours(archives);
    assertThat(ours).hasSizeGreaterThan(archives.size() / 2);
    archives.keySet().retainAll(ours.keySet());
    assertThat(ours).isEqualTo(nixs(archives));
  }

  private Path archive(TestRepository tree, String name) {
    Path file = folder.resolve(name + ".tar.gz");
    tree.git("archive", "--format=tar.gz", "--prefix=" + name + "/", "-o", file.toString(), "main");
    return file;
  }

  private Map<String, String> ours(Map<String, Path> archives) throws Exception {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (Map.Entry<String, Path> each : archives.entrySet()) {
      try (InputStream in = Files.newInputStream(each.getValue());
          ArchiveTree tree =
              ArchiveTree.read(in, folder.resolve("work"), 1L << 30, computation())) {
        hashes.put(each.getKey(), tree.narHash() + " " + tree.lastModified());
      } catch (ArchiveException refused) {
        // Which nix may do.
      }
    }
    return hashes;
  }

  private static Deadline.Computation computation() {
    return Deadline.NONE.computation("could not read");
  }

  private Map<String, String> nixs(Map<String, Path> archives) {
    String urls =
        archives.values().stream()
            .map(path -> "\"file://" + path + "\"")
            .collect(Collectors.joining(" "));
    Execution nix =
        TestNix.in(folder.resolve("nix"), Map.of())
            .evaluate(
                "map (url: let t = fetchTree { type = \"tarball\"; inherit url; }; in"
                    + " \"${t.narHash} ${toString t.lastModified}\") [ "
                    + urls
                    + " ]")
            .succeeded();
    JsonNode answer = JsonMapper.shared().readTree(nix.text());
    List<String> names = new ArrayList<>(archives.keySet());
    Map<String, String> hashes = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      hashes.put(names.get(i), answer.get(i).asString());
    }
    return hashes;
  }
}
