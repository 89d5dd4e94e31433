package dev.flakerelay.support;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** AWS Secrets Manager's calls that concern one secret's text ("AWS JSON 1.1"), over HTTP. */
public final class SecretsManager implements AutoCloseable {
  private static final String PREFIX = "secretsmanager.";

  private final Map<String, Optional<String>> secrets = new ConcurrentHashMap<>();
  private final TestHttpServer server = TestHttpServer.plain(this::answer);

  /** The variables with which a program finds it. */
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL", "http://127.0.0.1:" + server.port(),
        "AWS_REGION", "eu-central-1",
        "AWS_ACCESS_KEY_ID", "test",
        "AWS_SECRET_ACCESS_KEY", "test");
  }

  /** A secret's text; empty if there is none. */
  public Optional<String> text(String id) {
    return secrets.getOrDefault(id, Optional.empty());
  }

  private Answer answer(Request request) {
    JsonNode asked = JsonMapper.shared().readTree(request.body());
    String id = asked.path("SecretId").asString(asked.path("Name").asString(""));
    return switch (request.header("X-Amz-Target").orElse("").replace(PREFIX, "")) {
      case "GetSecretValue" ->
          text(id)
              .map(text -> Answer.json(200, Map.of("Name", id, "SecretString", text)))
              .orElseGet(() -> error("ResourceNotFoundException"));
      case "CreateSecret" ->
          secrets.putIfAbsent(id, Optional.empty()) == null
              ? Answer.json(200, Map.of("Name", id))
              : error("ResourceExistsException");
      case "PutSecretValue" -> {
        secrets.put(id, Optional.of(asked.path("SecretString").asString()));
        yield Answer.json(200, Map.of("Name", id));
      }
      default -> error("InvalidRequestException");
    };
  }

  private static Answer error(String type) {
    return Answer.json(400, Map.of("__type", type, "message", type));
  }

  @Override
  public void close() {
    server.close();
  }
}
