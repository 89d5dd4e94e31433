package dev.flakerelay.webhook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One of the files in {@code events/}.
 *
 * @param name without {@code .json}
 */
public record Fixture(String name) {
  private static final Path FOLDER = Path.of("events");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What an HTTP API hands over. */
  public static List<Fixture> deliveries() {
    return having("requestContext");
  }

  /** What a queue hands over. */
  public static List<Fixture> batches() {
    return having("Records");
  }

  /** What an alarm and the schedules hand over: they come with a source. */
  public static List<Fixture> invocations() {
    return having("source");
  }

  private static List<Fixture> having(String key) {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".json"))
          .map(file -> new Fixture(file.substring(0, file.length() - ".json".length())))
          .filter(fixture -> fixture.json().has(key))
          .sorted((a, b) -> a.name.compareTo(b.name))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file as it is. */
  public byte[] bytes() {
    try {
      return Files.readAllBytes(FOLDER.resolve(name + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file as data. */
  public JsonNode json() {
    return JSON.readTree(bytes());
  }

  /** The raw body of an HTTP fixture. */
  byte[] body() {
    String body = json().get("body").stringValue();
    return json().get("isBase64Encoded").booleanValue()
        ? Base64.getDecoder().decode(body)
        : body.getBytes(StandardCharsets.UTF_8);
  }
}
