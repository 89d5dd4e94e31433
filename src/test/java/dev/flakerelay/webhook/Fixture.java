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

  /** All fixtures whose name starts with {@code sqs-}, or all others. */
  public static List<Fixture> all(boolean sqs) {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".json") && file.startsWith("sqs-") == sqs)
          .map(file -> new Fixture(file.substring(0, file.length() - ".json".length())))
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

  JsonNode json() {
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
