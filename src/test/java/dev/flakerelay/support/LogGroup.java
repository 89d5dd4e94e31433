package dev.flakerelay.support;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A log group in CloudWatch on LocalStack.
 *
 * @param name the group's name
 */
public record LogGroup(AwsCommand aws, String name) {

  /** All lines so far. */
  public List<String> lines() {
    return aws.run("logs filter-log-events", Map.of("--log-group-name", name))
        .path("events")
        .valueStream()
        .map(line -> line.path("message").asString().strip())
        .toList();
  }

  /** The lines so far that are JSON and tell of one event. */
  public List<JsonNode> events(String event) {
    return lines().stream()
        .filter(line -> line.startsWith("{"))
        .map(JsonMapper.shared()::readTree)
        .filter(line -> line.path("event").asString().equals(event))
        .toList();
  }
}
