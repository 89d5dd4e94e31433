package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Execution;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A release deploys what building deploys, but for where the archives come from. */
class PackagedTemplateTest {
  @Test
  void onlyThePlacesOfTheArchivesDiffer() {
    String packaged =
        Execution.of(
                Path.of("").toAbsolutePath(),
                Map.of("PATH", System.getenv("PATH")),
                new byte[0],
                List.of("sed", "-f", "dist/aws-template.sed", "template.yaml"))
            .succeeded()
            .text();
    Map<String, String> differences = new TreeMap<>();
    compare("", Template.read().at(""), Template.of(packaged).at(""), differences);
    assertThat(differences)
        .isEqualTo(
            Map.of(
                "/Resources/ReceiveFunction/Properties/CodeUri", "target/lambda functions.zip",
                "/Resources/UpdateFunction/Properties/CodeUri", "target/lambda functions.zip",
                "/Resources/RetryFunction/Properties/CodeUri", "target/lambda functions.zip",
                "/Resources/ReconcileFunction/Properties/CodeUri", "target/lambda functions.zip",
                "/Resources/NixLayer/Properties/ContentUri", "layer nix-x86_64.zip",
                "/Resources/NixLayerArm64/Properties/ContentUri", "layer nix-arm64.zip",
                "/Resources/ConfigLayer/Properties/ContentUri", "config/aws config"));
  }

  private static void compare(
      String place, JsonNode built, JsonNode packaged, Map<String, String> differences) {
    if (built.isObject() && packaged.isObject()) {
      assertThat(packaged.propertyNames()).as(place).isEqualTo(built.propertyNames());
      built.forEachEntry(
          (name, value) ->
              compare(place + "/" + name, value, packaged.required(name), differences));
    } else if (!built.equals(packaged)) {
      differences.put(place, built.asString() + " " + packaged.asString());
    }
  }
}
