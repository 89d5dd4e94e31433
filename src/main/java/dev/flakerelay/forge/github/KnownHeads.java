package dev.flakerelay.forge.github;

import dev.flakerelay.Revision;
import dev.flakerelay.process.PrivateFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What GitHub last said of branches, in a file: a JSON object with {@code tag} and {@code revision}
 * by address. It only saves effort, so one that can't be read counts as empty, and one that can't
 * be written is left as it was.
 */
final class KnownHeads {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path file;
  private final Map<URI, Head> heads;

  private KnownHeads(Path file, Map<URI, Head> heads) {
    this.file = file;
    this.heads = heads;
  }

  /**
   * An answer.
   *
   * @param tag its entity tag
   * @param revision what it said
   */
  record Head(String tag, Revision revision) {}

  /** What is kept in a file. */
  static KnownHeads in(Path file) {
    Map<URI, Head> heads = new TreeMap<>();
    try {
      for (Map.Entry<String, JsonNode> each :
          JSON.readTree(Files.readAllBytes(file)).properties()) {
        JsonNode head = each.getValue();
        heads.put(
            URI.create(each.getKey()),
            new Head(
                head.path("tag").asString(""), new Revision(head.path("revision").asString(""))));
      }
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      heads.clear();
    }
    return new KnownHeads(file, heads);
  }

  Optional<Head> at(URI address) {
    return Optional.ofNullable(heads.get(address));
  }

  void keep(URI address, Head head) {
    heads.put(address, head);
    ObjectNode object = JSON.createObjectNode();
    heads.forEach(
        (key, value) ->
            object
                .putObject(key.toString())
                .put("tag", value.tag())
                .put("revision", value.revision().hex()));
    try {
      PrivateFiles.folder(file.toAbsolutePath().resolveSibling(".").normalize());
      // One name, so that a process that is killed here leaves no more than one behind. Should two
      // write at once, what they make of it can't be read, at the worst.
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      PrivateFiles.file(fresh);
      Files.write(fresh, JSON.writeValueAsBytes(object));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // Asked again next time.
    }
  }
}
