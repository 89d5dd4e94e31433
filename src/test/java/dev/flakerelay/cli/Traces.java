package dev.flakerelay.cli;

import dev.flakerelay.support.Execution;
import dev.flakerelay.support.GitCommand;
import dev.flakerelay.support.SecretSearch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that a run of the program wrote down anywhere, by where that was. */
final class Traces {
  /** Where something can be written down. */
  enum Place {
    LOG,
    OUTPUT,
    HTTP_ANSWER,
    ARGUMENTS,
    GIT_OBJECT,
    PULL_REQUEST,
    QUEUE,
    OTHER_FILE
  }

  private final Map<Place, ByteArrayOutputStream> all = new EnumMap<>(Place.class);

  void add(Place place, byte[] bytes) {
    ByteArrayOutputStream text = all.computeIfAbsent(place, any -> new ByteArrayOutputStream());
    text.writeBytes(bytes);
    text.write('\n');
  }

  void add(Place place, List<String> lines) {
    add(place, String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  void add(Execution command) {
    add(Place.ARGUMENTS, command.command());
    add(Place.OUTPUT, command.output());
    add(Place.OUTPUT, List.of(command.errors()));
  }

  void add(ServeProcess serve) {
    add(Place.OUTPUT, serve.out());
    add(Place.LOG, serve.errors());
  }

  /** Every file below a folder; of a Git repository the objects, which are compressed. */
  void addFiles(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        if (Files.isDirectory(file.resolve("objects"))) {
          addObjects(file);
        }
        if (Files.isRegularFile(file)) {
          boolean isQueue = file.getFileName().toString().startsWith("queue.db");
          add(isQueue ? Place.QUEUE : Place.OTHER_FILE, Files.readAllBytes(file));
        }
        add(Place.OTHER_FILE, List.of(file.toString()));
      }
    }
  }

  /** Every object of a repository, also those that no branch leads to. */
  void addObjects(Path repository) {
    byte[] objects =
        GitCommand.in(repository)
            .attempt("cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer")
            .output();
    add(Place.GIT_OBJECT, objects);
  }

  /** Where a secret was written down, with what stands around it. */
  List<String> holding(SecretSearch secret) {
    List<String> found = new ArrayList<>();
    all.forEach(
        (place, text) ->
            secret
                .in(text.toByteArray())
                .forEach(where -> found.add(secret + " in " + place + ": " + where)));
    return found;
  }

  /** The places that a secret was written down in. */
  Set<Place> placesHolding(SecretSearch secret) {
    Set<Place> places = EnumSet.noneOf(Place.class);
    all.forEach(
        (place, text) -> {
          if (!secret.in(text.toByteArray()).isEmpty()) {
            places.add(place);
          }
        });
    return places;
  }
}
