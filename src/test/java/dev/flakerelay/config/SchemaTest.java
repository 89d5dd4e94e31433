package dev.flakerelay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.flakerelay.config.read.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** config/relay.schema.json says what the reader takes. */
class SchemaTest {
  private static final Path FILE = Path.of("config/relay.schema.json");
  private static final Pattern DOCUMENTED =
      Pattern.compile("(?m)^\\| `((?:secrets|….?|network|nix|notify|endpoint|forges)[^`]*)` \\|");

  private static final String ROUTE =
      """
      secrets: { webhook: [env:S] }
      routes:
        app:
          when: [{ event: push, repository: a/b, branch: main }]
          targets: [{ repository: "https://github.com/a/b.git", branch: main, input: app }]
      """;

  private static JsonNode tree() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(FILE));
  }

  private static List<Error> errors(String yaml) throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(FILE), InputFormat.JSON);
    String json = JsonMapper.shared().writeValueAsString(new YAMLMapper().readTree(yaml));
    return schema.validate(json, InputFormat.JSON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config/relay.yaml", "config/aws/relay.yaml", "config/local/relay.yaml"})
  void everyExampleIsValidAndNamesTheSchema(Path example) throws IOException {
    String yaml = Files.readString(example);
    assertThat(errors(yaml)).isEmpty();
    String named = yaml.lines().findFirst().orElse("");
    assertThat(named).startsWith("# yaml-language-server: $schema=");
    assertThat(example.resolveSibling(named.replaceFirst(".*=", "")).normalize()).isEqualTo(FILE);
  }

  @Test
  void everyDocumentedKeyIsThereWithADescription() throws IOException {
    TreeSet<String> described = new TreeSet<>();
    List<String> without = new ArrayList<>();
    describe(tree(), described, without);
    assertThat(without).isEmpty();
    List<String> keys =
        DOCUMENTED
            .matcher(Files.readString(Path.of("docs/configuration.md")))
            .results()
            .map(key -> key.group(1).replaceFirst("\\[]$", "").replaceFirst(".*\\.", ""))
            .filter(key -> key.matches("[a-z-]+"))
            .toList();
    assertThat(keys).hasSizeGreaterThan(20);
    assertThat(described).containsAll(keys);
  }

  private static void describe(JsonNode node, Set<String> described, List<String> without) {
    for (Map.Entry<String, JsonNode> property : node.path("properties").properties()) {
      if (property.getValue().path("description").asString("").isBlank()) {
        without.add(property.getKey());
      } else {
        described.add(property.getKey());
      }
    }
    for (JsonNode child : node) {
      describe(child, described, without);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets: -> secretz:",
        "routes: -> rutes:",
        "webhook: -> webhok:",
        "[env:S] -> []",
        "[env:S] -> [plain-text]",
        "app:\n -> App_1:\n",
        "event: push -> event: pusch",
        "branch: main } -> branc: main }",
        "a/b, branch -> a, branch",
        "input: app -> input: a/b",
        "input: app -> input: app, inputs: [b]",
        ", input: app -> ",
        "input: app }] -> input: app }], publish: pul",
        "input: app }] -> input: app }], push-attempts: 0",
        "input: app }] -> input: app }], allow: [all]",
        "input: app }] -> input: app }], reconcile: perhaps",
        "input: app }] -> input: app }], source: \"https://x\""
      })
  void whatIsWrongIsRefusedByBoth(String change, @TempDir Path folder) throws Exception {
    assertThat(errors(ROUTE)).isEmpty();
    String[] parts = change.split(" -> ", -1);
    String wrong = ROUTE.replace(parts[0], parts[1]);
    // Keys after the flow sequence belong to the route, on a line of their own.
    wrong = wrong.replace("}], ", "}]\n    ");
    assertThat(wrong).isNotEqualTo(ROUTE);
    assertThat(errors(wrong)).isNotEmpty();
    Path file = Files.writeString(folder.resolve("relay.yaml"), wrong);
    assertThatThrownBy(() -> ConfigReader.read(file)).isInstanceOf(ConfigException.class);
  }
}
