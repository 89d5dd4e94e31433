package dev.flakerelay.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.PublicEndpoint;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.TokenIssuer;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /dispatch} as an HTTP API hands it to the function. */
class ReceiveDispatchTest {
  private static final String AUDIENCE = "https://abc.execute-api.eu-central-1.amazonaws.com";
  private static final Instant NOW = Instant.parse("2026-11-20T09:14:06Z");
  private static final String BODY = "{\"sha\":\"" + "d".repeat(40) + "\",\"version\":\"v2.1.1\"}";

  private final TokenIssuer issuer = new TokenIssuer();
  private final RecordingQueue queue = new RecordingQueue();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final ReceiveHandler handler =
      new ReceiveHandler(
          new Intake(config(), SecretValues.fixed(List.of()), queue, InstantSource.fixed(NOW)),
          AllowedAddresses.parse(""),
          new EventLog(
              new PrintStream(log, true, UTF_8), EventLog.Format.JSON, InstantSource.fixed(NOW)));

  private Config config() {
    Config config =
        Samples.waitingFor(
            new Trigger.Dispatch(RepositoryName.parse("markus-barta/nixfleet"), Optional.empty()));
    return new Config(
        config.secrets(),
        config.routes(),
        config.network(),
        List.of(),
        config.forges(),
        List.of(),
        new PublicEndpoint(Optional.of(AUDIENCE), issuer.url()));
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  /** "Working with AWS Lambda proxy integrations for HTTP APIs", payload format 2.0. */
  private JsonNode post(String authorization, String body, boolean base64) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", "application/json");
    headers.put("authorization", authorization);
    String path = "/dispatch";
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("version", "2.0");
    event.put("routeKey", "POST /dispatch");
    event.put("rawPath", path);
    event.put("rawQueryString", "");
    event.put("headers", headers);
    event.put(
        "requestContext",
        Map.of(
            "stage",
            "$default",
            "http",
            Map.of("method", "POST", "path", path, "sourceIp", "192.0.2.1")));
    event.put("body", base64 ? Base64.getEncoder().encodeToString(body.getBytes(UTF_8)) : body);
    event.put("isBase64Encoded", base64);
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    handler.answer(
        new ByteArrayInputStream(JsonMapper.shared().writeValueAsBytes(event)), response);
    return JsonMapper.shared().readTree(response.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTokenOfTheSendersWorkflowIsEnough(boolean base64) throws IOException {
    String token = issuer.token(AUDIENCE, NOW);
    JsonNode answer = post("Bearer " + token, BODY, base64);
    assertThat(answer.path("statusCode").intValue()).as("%s", answer).isEqualTo(202);
    assertThat(queue.sent()).hasSize(1);
    assertThat(queue.sent().getFirst().requested()).isEqualTo("d".repeat(40));
    assertThat(answer.path("body").asString()).contains(queue.sent().getFirst().id());
    assertThat(log.toString(UTF_8))
        .contains("\"accepted\":1")
        .doesNotContain(token.substring(token.lastIndexOf('.') + 1));
  }

  @Test
  void whatProvesNothingIsRefusedWithoutAWordMore() throws IOException {
    String other = issuer.token("https://other.example.org", NOW);
    String foreign =
        issuer.token(AUDIENCE, NOW, claims -> claims.put("repository", "mallory/nixfleet"));
    for (String shown :
        List.of("", "Bearer ", "Bearer x.y.z", "Bearer " + other, "Bearer " + foreign)) {
      JsonNode answer = post(shown, BODY, false);
      assertThat(answer.path("statusCode").intValue()).as(shown).isEqualTo(401);
      assertThat(answer.path("body").asString()).isEqualTo("{\"error\":\"token\"}");
    }
    assertThat(queue.sent()).isEmpty();
  }
}
