package dev.flakerelay.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Version;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.webhook.Fixture;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReceiveHandlerTest {
  private final RecordingQueue queue = new RecordingQueue();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final ReceiveHandler handler = handler("");

  private ReceiveHandler handler(String allowed) {
    return new ReceiveHandler(
        new Intake(
            Samples.config(), SecretValues.fixed(List.of(Samples.SECRET)), queue, Samples.CLOCK),
        AllowedAddresses.parse(allowed),
        new EventLog(new PrintStream(log, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK));
  }

  @ParameterizedTest
  @CsvSource({
    "repository-dispatch, da09bfc, 2.1.1",
    "push, da09bfc, none",
    "workflow-run-success, da09bfc, none",
    "release, v2.1.1, 2.1.1",
    "base64-body, 344c588, none",
    "form-encoded, da09bfc, none",
    "gitea-push, da09bfc, none",
    "forgejo-push, da09bfc, none",
  })
  void aFixtureThatAsksForAnUpdateIsQueued(String name, String revision, String version)
      throws IOException {
    JsonNode response = handle(new Fixture(name).bytes());
    assertThat(response.get("statusCode").intValue()).isEqualTo(202);
    assertThat(response.get("headers").get("Content-Type").stringValue())
        .isEqualTo("application/json");
    assertThat(queue.sent()).hasSize(1);
    Job job = queue.sent().getFirst();
    assertThat(job.requested()).startsWith(revision);
    assertThat(job.version().map(Version::text).orElse("none")).isEqualTo(version);
    assertThat(job.repository()).isEqualTo("https://github.com/markus-barta/nixcfg.git");
    assertThat(response.get("body").stringValue()).contains(job.id());
    assertThat(log.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .contains("\"accepted\":1", "\"delivery\":\"" + job.delivery().orElseThrow() + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "push-other-branch, 200, no route waits",
    "push-branch-deleted, 200, the branch was deleted",
    "workflow-run-failure, 200, not successful",
    "workflow-run-merge-queue, 200, the workflow ran for merge_group",
    "organization, 200, no route waits for the event organization",
    "ping, 200, ping",
    "wrong-signature, 401, signature",
  })
  void aFixtureThatAsksForNothingIsNot(String name, int status, String why) throws IOException {
    JsonNode response = handle(new Fixture(name).bytes());
    assertThat(response.get("statusCode").intValue()).isEqualTo(status);
    assertThat(response.get("body").stringValue()).contains(why);
    assertThat(queue.sent()).isEmpty();
  }

  @Test
  void everyFixtureIsAmongThese() {
    TreeSet<String> tested = new TreeSet<>();
    for (var method : ReceiveHandlerTest.class.getDeclaredMethods()) {
      CsvSource rows = method.getAnnotation(CsvSource.class);
      if (rows != null && method.getName().startsWith("aFixture")) {
        Arrays.stream(rows.value())
            .map(row -> row.substring(0, row.indexOf(',')))
            .forEach(tested::add);
      }
    }
    assertThat(Fixture.deliveries()).extracting(Fixture::name).containsExactlyElementsOf(tested);
  }

  @Test
  void aFullQueueIsSaidWithATimeToWait() throws IOException {
    queue.becomeUnavailable();
    JsonNode response = handle(new Fixture("push").bytes());
    assertThat(response.get("statusCode").intValue()).isEqualTo(503);
    assertThat(response.get("headers").get("Retry-After").stringValue()).isEqualTo("30");
  }

  @Test
  void aStageInThePathIsNotPartOfIt() throws IOException {
    String event =
        new String(new Fixture("push").bytes(), UTF_8)
            .replace("\"rawPath\": \"/webhook\"", "\"rawPath\": \"/prod/webhook\"")
            .replace("\"stage\": \"$default\"", "\"stage\": \"prod\"");
    assertThat(handle(event.getBytes(UTF_8)).get("statusCode").intValue()).isEqualTo(202);
  }

  @Test
  void aRequestWithoutABodyIsAnswered() throws IOException {
    String event =
        """
        {"version":"2.0","rawPath":"/healthz","headers":{},\
        "requestContext":{"http":{"method":"GET"},"stage":"$default"},"isBase64Encoded":false}\
        """;
    assertThat(handle(event.getBytes(UTF_8)).get("body").stringValue())
        .isEqualTo("{\"status\":\"ok\"}");
  }

  /** "Troubleshooting SnapStart errors for Lambda functions": a snapshot is kept for 14 days. */
  @Test
  void theScheduleThatKeepsTheSnapshotIsAnsweredAndLeavesNoLine() throws IOException {
    JsonNode schedule =
        Template.read().properties("ReceiveFunction").at("/Events/KeepSnapshot/Properties");
    assertThat(schedule.get("Schedule").stringValue()).isEqualTo("rate(1 day)");
    byte[] event = schedule.get("Input").stringValue().getBytes(UTF_8);
    assertThat(handle(event).get("statusCode").intValue()).isEqualTo(200);
    assertThat(log.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 202",
    "140.82.115.96, 202",
    "'192.30.252.0/22, 140.82.112.0/20', 202",
    "'192.30.252.0/22,185.199.108.0/22', 403",
    "2a0a:a440::/29, 403",
    "0.0.0.0/0, 202"
  })
  void onlyAllowedAddressesAreListenedTo(String allowed, int status) throws IOException {
    String event =
        new String(new Fixture("push").bytes(), UTF_8)
            .replaceFirst("\"sourceIp\": *\"[^\"]*\"", "\"sourceIp\": \"140.82.115.96\"");
    assertThat(handle(handler(allowed), event.getBytes(UTF_8)).get("statusCode").intValue())
        .isEqualTo(status);
    assertThat(queue.sent()).hasSize(status == 202 ? 1 : 0);
    assertThat(log.toString(UTF_8).contains("\"address\":\"140.82.115.96\""))
        .isEqualTo(status == 403);
  }

  /** A header may say anything: the one before API Gateway's own word does not count. */
  @Test
  void aForwardedAddressIsNotBelieved() throws IOException {
    String event =
        new String(new Fixture("push").bytes(), UTF_8)
            .replaceFirst("\"sourceIp\": *\"[^\"]*\"", "\"sourceIp\": \"198.51.100.7\"")
            .replaceFirst(
                "\"headers\": *[{]", "\"headers\": {\"x-forwarded-for\": \"140.82.115.96\",");
    assertThat(
            handle(handler("140.82.112.0/20"), event.getBytes(UTF_8)).get("statusCode").intValue())
        .isEqualTo(403);
  }

  @Test
  void whatAwsItselfInvokesIsAlwaysAllowed() throws IOException {
    JsonNode schedule =
        Template.read().properties("ReceiveFunction").at("/Events/KeepSnapshot/Properties");
    byte[] event = schedule.get("Input").stringValue().getBytes(UTF_8);
    assertThat(handle(handler("140.82.112.0/20"), event).get("statusCode").intValue())
        .isEqualTo(200);
  }

  @Test
  void theTemplatesParameterIsWhatTheFunctionReads() {
    Template template = Template.read();
    assertThat(template.at("/Parameters/AllowedAddresses/Type").stringValue())
        .isEqualTo("CommaDelimitedList");
    assertThat(template.at("/Parameters/AllowedAddresses/Default").stringValue()).isEmpty();
    assertThat(
            template
                .properties("ReceiveFunction")
                .at("/Environment/Variables/RELAY_ALLOWED_ADDRESSES/Fn::Join/1"))
        .isEqualTo(Template.ref("AllowedAddresses"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "no JSON",
        "{\"version\":\"1.0\",\"path\":\"/webhook\"}",
        "{\"Records\":[]}"
      })
  void anEventOfAnotherKindIsAMistakeInTheSetUp(String event) {
    assertThatThrownBy(() -> handle(event.getBytes(UTF_8))).isInstanceOf(IOException.class);
  }

  private JsonNode handle(byte[] event) throws IOException {
    return handle(handler, event);
  }

  private static JsonNode handle(ReceiveHandler function, byte[] event) throws IOException {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    function.handleRequest(new ByteArrayInputStream(event), response, Invocation.context());
    return JsonMapper.builder().build().readTree(response.toByteArray());
  }
}
