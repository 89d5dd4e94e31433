package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.read.ConfigReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Who may do what in what is deployed, and where its secrets are. */
class TemplateAccessTest {
  private static final String CONSUME =
      "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage";

  private final Template template = Template.read();

  @Test
  void everyFunctionHasARoleOfItsOwn() {
    List<JsonNode> roles = new ArrayList<>();
    template
        .resources(Template.FUNCTION)
        .forEach((id, function) -> roles.add(function.at("/Properties/Role")));
    assertThat(roles).doesNotHaveDuplicates();
    assertThat(template.resources(Template.ROLE))
        .hasSameSizeAs(roles)
        .allSatisfy((id, role) -> assertThat(roles).contains(Template.arn(id)));
  }

  @ParameterizedTest
  @CsvSource({
    "Receive, UpdateQueue.Arn, SendMessage",
    "Receive, WebhookSecret, GetSecretValue",
    "Update, UpdateQueue.Arn, " + CONSUME,
    "Update, GitSecret, GetSecretValue",
    "Retry, UpdateDeadLetterQueue.Arn, ChangeMessageVisibility DeleteMessage ReceiveMessage"
        + " SendMessage",
    "Retry, UpdateQueue.Arn, GetQueueAttributes SendMessage",
    "Reconcile, UpdateQueue.Arn, SendMessage",
    "Reconcile, GitSecret, GetSecretValue",
  })
  void aFunctionMayDoThis(String function, String resource, String actions) {
    assertThat(String.join(" ", actions(function, resource))).isEqualTo(actions);
  }

  @ParameterizedTest
  @CsvSource({"Receive, 2", "Update, 2", "Retry, 2", "Reconcile, 2"})
  void andNothingElseButWriteItsLog(String function, int others) {
    assertThat(actions(function, function + "Logs.Arn"))
        .containsExactly("CreateLogStream", "PutLogEvents");
    assertThat(statements(function + "Role")).hasSize(others + 1);
    assertThat(template.properties(function + "Role").has("ManagedPolicyArns")).isFalse();
    assertThat(template.properties(function + "Function").has("Policies")).isFalse();
  }

  /** What a function's role allows on a resource, without the service's name. */
  private SortedSet<String> actions(String function, String resource) {
    SortedSet<String> actions = new TreeSet<>();
    for (JsonNode statement : statements(function + "Role")) {
      assertThat(statement.get("Effect").stringValue()).isEqualTo("Allow");
      if (statement.get("Resource").iterator().next().stringValue().equals(resource)) {
        JsonNode allowed = statement.get("Action");
        (allowed.isArray() ? allowed.valueStream() : List.of(allowed).stream())
            .forEach(action -> actions.add(action.stringValue().replaceFirst(".*:", "")));
      }
    }
    return actions;
  }

  private List<JsonNode> statements(String role) {
    JsonNode document = template.properties(role).at("/Policies/0/PolicyDocument");
    return document.get("Statement").valueStream().toList();
  }

  @Test
  void noPolicyIsForEveryResource() {
    List<JsonNode> resources = template.at("/Resources").findValues("Resource");
    assertThat(resources)
        .hasSizeGreaterThan(10)
        .allSatisfy(resource -> assertThat(resource.toString()).doesNotContain("*"));
  }

  @ParameterizedTest
  @CsvSource({"QueuePolicy, UpdateQueue", "DeadLetterQueuePolicy, UpdateDeadLetterQueue"})
  void aQueueIsReachedOverTlsOnly(String policy, String queue) {
    assertThat(template.properties(policy).at("/Queues/0")).isEqualTo(Template.ref(queue));
    JsonNode statement = template.properties(policy).at("/PolicyDocument/Statement/0");
    assertThat(statement.get("Effect").stringValue()).isEqualTo("Deny");
    assertThat(statement.get("Principal").stringValue()).isEqualTo("*");
    assertThat(statement.get("Action").stringValue()).isEqualTo("sqs:*");
    assertThat(statement.get("Resource")).isEqualTo(Template.arn(queue));
    assertThat(statement.at("/Condition/Bool/aws:SecureTransport").stringValue())
        .isEqualTo("false");
  }

  @Test
  void theExamplesSecretsAreThoseThatAreMade() throws ConfigException {
    Config config = ConfigReader.read(Path.of("config/aws/relay.yaml"));
    String prefix = template.at("/Parameters/SecretPrefix/Default").stringValue();
    String key =
        template
            .properties("WebhookSecret")
            .at("/GenerateSecretString/GenerateStringKey")
            .stringValue();
    assertThat(config.secrets().webhook())
        .singleElement()
        .hasToString("aws:" + name("WebhookSecret", prefix) + "#" + key);
    assertThat(config.secrets().git()).get().hasToString("aws:" + name("GitSecret", prefix));
  }

  private String name(String secret, String prefix) {
    String name = template.properties(secret).at("/Name/Fn::Sub").stringValue();
    return name.replace("${SecretPrefix}", prefix);
  }

  @Test
  void theTwoExamplesDifferInTheirSecretsOnly() throws ConfigException {
    Config aws = ConfigReader.read(Path.of("config/aws/relay.yaml"));
    Config local = ConfigReader.read(Path.of("config/relay.yaml"));
    assertThat(aws.routes()).usingRecursiveComparison().isEqualTo(local.routes());
    assertThat(aws.network()).isEqualTo(local.network());
    assertThat(aws.secrets()).isNotEqualTo(local.secrets());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Parameters", "Outputs"})
  void noSecretIsWrittenInTheTemplate(String section) {
    for (Map.Entry<String, JsonNode> entry : template.at("/" + section).properties()) {
      assertThat(entry.getKey()).doesNotContainIgnoringCase("token").doesNotContain("Password");
      assertThat(entry.getValue().has("NoEcho")).isFalse();
    }
    assertThat(template.at("/Resources").findValues("SecretString")).isEmpty();
  }
}
