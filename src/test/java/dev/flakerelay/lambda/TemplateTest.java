package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What is deployed works together: the API, the functions and the layers. */
class TemplateTest {
  private final Template template = Template.read();

  static Set<String> functions() {
    return Template.read().resources(Template.FUNCTION).keySet();
  }

  @Test
  void theNamesAreThoseOfTheContract() {
    assertThat(template.at("/Resources").propertyNames())
        .contains(
            "Api",
            "ReceiveFunction",
            "UpdateFunction",
            "RetryFunction",
            "ReconcileFunction",
            "UpdateQueue",
            "UpdateDeadLetterQueue",
            "NixLayer",
            "ConfigLayer");
    assertThat(template.at("/Outputs").propertyNames()).first().isEqualTo("WebhookUrl");
  }

  /** In China and GovCloud the dashboard's address led nowhere. */
  @Test
  void addressesFitThePartition() throws IOException {
    assertThat(template.at("/Outputs/DashboardUrl/Value").toString())
        .contains("{\"Fn::If\":[\"IsChina\",\"console.amazonaws.cn\",")
        .contains("{\"Fn::If\":[\"IsGovCloud\",\"console.amazonaws-us-gov.com\",");
    for (String name : List.of("IsChina", "IsGovCloud")) {
      assertThat(template.at("/Conditions/" + name + "/Fn::Equals/0"))
          .isEqualTo(Template.ref("AWS::Partition"));
    }
    assertThat(Files.readString(Path.of("template.yaml")))
        .doesNotContain("arn:aws:", "${AWS::Region}.amazonaws.com");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void everyHandlerIsAClassThatLambdaCanMake(String function) throws Exception {
    String handler = template.properties(function).get("Handler").stringValue();
    Class<?> type = Class.forName(handler);
    assertThat(RequestStreamHandler.class).isAssignableFrom(type);
    assertThat(type.getConstructor()).isNotNull();
    assertThat(type.getSimpleName().replace("Handler", "Function")).isEqualTo(function);
  }

  /** In Globals {@code sam build} leaves the path as it is, and deploys an empty folder. */
  @ParameterizedTest
  @MethodSource("functions")
  void everyFunctionIsTheArchiveOfMavenAsItIs(String function) {
    assertThat(template.properties(function).get("CodeUri").stringValue())
        .isEqualTo("target/lambda");
    assertThat(template.at("/Resources/" + function + "/Metadata/SkipBuild").booleanValue())
        .isTrue();
    assertThat(template.at("/Globals/Function/Runtime").stringValue()).isEqualTo("java25");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void everyVariableIsReadBySomeone(String function) throws IOException {
    List<String> variables = new ArrayList<>(names("/Globals/Function/Environment/Variables"));
    assertThat(variables).contains("RELAY_QUEUE_URL");
    variables.addAll(names("/Resources/" + function + "/Properties/Environment/Variables"));
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      StringBuilder code = new StringBuilder();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        code.append(Files.readString(file));
      }
      assertThat(variables).allSatisfy(name -> assertThat(code).contains('"' + name + '"'));
    }
  }

  private List<String> names(String pointer) {
    return List.copyOf(template.at(pointer).propertyNames());
  }

  @Test
  void theApiLeadsToReceiveFunctionWithPayload2() {
    List<String> routes = new ArrayList<>();
    for (String name : List.of("Webhook", "Dispatch", "Health")) {
      JsonNode event = template.properties("ReceiveFunction").at("/Events/" + name);
      JsonNode route = event.get("Properties");
      assertThat(event.get("Type").stringValue()).isEqualTo("HttpApi");
      assertThat(route.get("ApiId")).isEqualTo(Template.ref("Api"));
      assertThat(route.get("PayloadFormatVersion").stringValue()).isEqualTo("2.0");
      routes.add(route.get("Method").stringValue() + " " + route.get("Path").stringValue());
    }
    assertThat(routes).containsExactly("POST /webhook", "POST /dispatch", "GET /healthz");
    JsonNode api = template.properties("Api");
    assertThat(api.at("/AccessLogSettings/DestinationArn")).isEqualTo(Template.arn("ApiLogs"));
    assertThat(api.at("/DefaultRouteSettings/ThrottlingRateLimit").intValue()).isPositive();
  }

  @Test
  void onlyReceiveFunctionStartsFromASnapshot() {
    assertThat(template.resources(Template.FUNCTION))
        .allSatisfy(
            (id, function) ->
                assertThat(function.at("/Properties/SnapStart").isMissingNode())
                    .as(id)
                    .isEqualTo(!id.equals("ReceiveFunction")));
    JsonNode receive = template.properties("ReceiveFunction");
    assertThat(receive.at("/SnapStart/ApplyOn").stringValue()).isEqualTo("PublishedVersions");
    assertThat(receive.get("AutoPublishAlias").stringValue()).isEqualTo("live");
  }

  /** Without both the alias stays on a version with the old relay.yaml. */
  @Test
  void aNewConfigurationReachesTheAlias() {
    assertThat(
            template
                .properties("ReceiveFunction")
                .get("AutoPublishAliasAllProperties")
                .booleanValue())
        .isTrue();
    assertThat(template.properties("ConfigLayer").get("PublishLambdaVersion").booleanValue())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "ReceiveFunction, false, true",
    "UpdateFunction, true, true",
    "RetryFunction, false, false",
    "ReconcileFunction, false, true"
  })
  void aFunctionHasTheLayersThatItNeeds(String function, boolean nix, boolean config) {
    String layers = template.properties(function).path("Layers").toString();
    assertThat(layers.contains("\"NixLayer\"")).isEqualTo(nix);
    assertThat(layers.contains("\"NixLayerArm64\"")).isEqualTo(nix);
    assertThat(layers.contains("\"ConfigLayer\"")).isEqualTo(config);
  }

  @Test
  void everyLayerThatIsMadeHasItsRule() throws IOException {
    String rules = Files.readString(Path.of("layer/Makefile"));
    assertThat(template.resources(Template.LAYER))
        .allSatisfy(
            (id, layer) -> {
              if (layer.at("/Metadata/BuildMethod").asString("").equals("makefile")) {
                assertThat(rules).contains("\nbuild-" + id + ":\n");
              }
              assertThat(Path.of(layer.at("/Properties/ContentUri").stringValue())).isDirectory();
            });
  }
}
