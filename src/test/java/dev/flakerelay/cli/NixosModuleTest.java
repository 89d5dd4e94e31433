package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flakerelay.support.Execution;
import dev.flakerelay.support.TestNix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The module for NixOS makes the service that docs/setup.md describes. */
class NixosModuleTest {
  /** A folder with nixpkgs' lib. */
  private static final String LIB = "RELAY_NIXPKGS_LIB";

  /** What differs between distributions. */
  private static final List<String> PLACES = List.of("ExecStart", "ExecReload", "EnvironmentFile");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"flake.nix", "nix/module.nix", "nix/package.nix", "nix/test.nix"})
  void nixCanReadEachFile(String file) throws IOException {
    Path path = Path.of(file).toAbsolutePath();
    Execution parsed = run(List.of(TestNix.parser().toString(), "--parse", path.toString()));
    assertThat(parsed.exit()).as(parsed.errors()).isZero();
  }

  @Test
  void theServiceIsThatOfTheOtherDistributions() throws IOException {
    String lib = System.getenv().getOrDefault(LIB, "");
    assumeTrue(!lib.isEmpty(), "nixpkgs' lib is needed: name its folder in " + LIB);
    Execution evaluated =
        run(
            List.of(
                TestNix.parser().toString(),
                "--eval",
                "--strict",
                "--json",
                "-E",
                "import %s { lib = import %s; }"
                    .formatted(Path.of("nix/test.nix").toAbsolutePath(), lib)));
    assertThat(evaluated.exit()).as(evaluated.errors()).isZero();
    JsonNode made = JsonMapper.shared().readTree(evaluated.text());

    assertThat(service(made.path("service"))).isEqualTo(service(unit()));
    assertThat(made.at("/service/ExecStart").asString())
        .isEqualTo(
            "/flake-relay/bin/relay serve --config /etc/flake-relay/relay.yaml --port 9000"
                + " --data /var/lib/flake-relay");
    assertThat(made.at("/service/EnvironmentFile").asString())
        .isEqualTo("/run/secrets/flake-relay");
    assertThat(made.path("assertions").toString()).isEqualTo("[true]");
    assertThat(made.path("secretInStore").asBoolean()).isFalse();
    assertThat(made.path("off").isEmpty()).isTrue();
    assertThat(made.path("refused"))
        .allSatisfy(refused -> assertThat(refused.asBoolean()).isTrue());
  }

  private Execution run(List<String> command) {
    return Execution.of(
        folder,
        Map.of(
            "HOME",
            folder.toString(),
            "PATH",
            System.getenv("PATH"),
            "NIX_STATE_DIR",
            folder + "/nix"),
        new byte[0],
        command);
  }

  private static Map<String, List<String>> service(JsonNode made) {
    Map<String, List<String>> service = new TreeMap<>();
    made.forEachEntry(
        (name, value) -> {
          List<String> values = new ArrayList<>();
          (value.isArray() ? value : List.of(value))
              .forEach(
                  each ->
                      values.add(
                          each.isBoolean() ? each.asBoolean() ? "yes" : "no" : each.asString()));
          service.put(name, values);
        });
    service.keySet().removeAll(PLACES);
    return service;
  }

  private static Map<String, List<String>> service(List<String> unit) {
    Map<String, List<String>> service = new TreeMap<>();
    unit.subList(unit.indexOf("[Service]"), unit.indexOf("[Install]")).stream()
        .filter(line -> line.matches("[A-Z].*=.*"))
        .map(line -> line.split("=", 2))
        .forEach(line -> service.computeIfAbsent(line[0], _ -> new ArrayList<>()).add(line[1]));
    service.keySet().removeAll(PLACES);
    return service;
  }

  private static List<String> unit() throws IOException {
    return Files.readAllLines(Path.of("dist/flake-relay.service"));
  }
}
