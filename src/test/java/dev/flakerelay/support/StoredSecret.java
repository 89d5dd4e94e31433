package dev.flakerelay.support;

import dev.flakerelay.secret.Secret;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A secret in Secrets Manager on LocalStack, whose text is a JSON object.
 *
 * @param id its name or ARN
 */
public record StoredSecret(AwsCommand aws, String id) {

  /** The value of one of its keys. */
  public Secret value(String key) {
    String json =
        aws.run("secretsmanager get-secret-value", Map.of("--secret-id", id))
            .path("SecretString")
            .asString();
    return new Secret(JsonMapper.shared().readTree(json).path(key).asString());
  }

  /** Puts another text in its place, with one key. */
  public void put(String key, Secret value) {
    String json = JsonMapper.shared().writeValueAsString(Map.of(key, value.value()));
    aws.run("secretsmanager put-secret-value", Map.of("--secret-id", id, "--secret-string", json));
  }
}
