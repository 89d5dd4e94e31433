package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.Deadline;
import dev.flakerelay.PermanentException;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.flake.SourceFlake;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** flake.nix is read as nix itself reads it, which locks the same flake beside. */
class FlakeReadingTest {
  @TempDir private static Path folder;
  private static TestForge forge;

  @BeforeAll
  static void makeWhatIsAskedFor() {
    forge = TestForge.start();
    TestRepository lib = TestRepository.create(folder.resolve("lib"));
    lib.write("flake.nix", FlakeText.describedAs("lib").text())
        .write("sub/flake.nix", FlakeText.describedAs("sub").text())
        .commit("Begin");
    forge.github("acme/lib", lib);
  }

  @AfterAll
  static void stop() {
    forge.close();
  }

  private static Path flake(String text) throws IOException {
    Path flake = Files.createTempDirectory(folder, "flake");
    Files.writeString(flake.resolve("flake.nix"), text);
    Path sub = Files.createDirectories(flake.resolve("sub"));
    Files.writeString(sub.resolve("flake.nix"), FlakeText.describedAs("sub").text());
    return flake;
  }

  private static Execution lockedByNix(Path flake) {
    return TestNix.in(folder.resolve("nix"), forge.environment()).lock(flake);
  }

  private static SourceFlake read(Path flake) throws Exception {
    try (NixFolder run = new NixFolder(folder.resolve("work"))) {
      Map<String, String> environment = new HashMap<>(Map.of("PATH", System.getenv("PATH")));
      environment = NixEnvironment.of(environment, run, NixLimits.DEFAULT, List.of());
      NixProcess nix =
          new NixProcess(
              Path.of(TestNix.program()),
              run,
              NixLimits.DEFAULT,
              environment,
              Optional::empty,
              Deadline.NONE);
      JsonNode reference =
          JsonMapper.shared().createObjectNode().put("type", "path").put("path", flake.toString());
      return new FlakeReader(nix, run, List.of(), new ReadFlakes()).read(reference);
    }
  }

  @Test
  void eachFormThatNixTakesMeansWhatNixMakesOfIt() throws Exception {
    Path flake =
        flake(
            """
            # A comment. { inputs.no.url = "path:/etc"; }
            {
              description = "all { forms \\"\\${\\"";
              /* inputs.no.url = "path:/etc"; */
              inputs.plain.url = "github:acme/lib";
              inputs.branch.url = "github:acme/lib/main";
              inputs.query.url = "github:acme/lib?ref=main&dir=sub";
              inputs.nested = { url = "github:acme/lib"; inputs.b.follows = "plain"; };
              inputs.nested.inputs.c.follows = "";
              inputs.nested.inputs.d.inputs.e = { url = "github:acme/lib"; flake = false; };
              inputs = { set = { url = "github:acme/lib"; flake = false; }; };
              inputs.true = { url = "github:acme/lib"; flake = true; };
              inputs."quoted".url = "github:acme/lib";
              inputs."odd; name }".url = "github:acme/lib";
              inputs."ünï".url = "github:acme/lib";
              inputs.a-b_c'.url = "github:acme/lib";
              inputs.${"static"}.url = "github:acme/lib";
              inputs.attributes = { type = "github"; owner = "acme"; repo = "lib"; ref = "main"; };
              inputs.folder = { type = "github"; owner = "acme"; repo = "lib"; dir = "sub"; };
              inputs.bare.url = github:acme/lib;
              inputs.indented.url = ''github:acme/lib'';
              inputs.escaped.url = "git\\hub:acme/lib";
              inputs.path.url = "path:./sub";
              inputs.dotted.url = "./sub";
              inputs.literal.url = ./sub;
              inputs.winding.url = ./sub/../sub;
              inputs.data = { url = "path:./sub?dir=."; flake = false; };
              inputs.alias.follows = "plain";
              outputs = inputs@{ self, plain ? { a = ";"; }, ... }: let
                x = "}"; y."${x + ")"}" = ./sub; in { inherit (self) a; z = x: ''}''; };
            }
            """);
    assertThat(lockedByNix(flake).exit()).isZero();
    FlakeLock lock = FlakeLock.parse(Files.readAllBytes(flake.resolve("flake.lock")));
    Map<String, JsonNode> nixs = new TreeMap<>();
    for (String input : lock.inputs()) {
      lock.at(List.of(input)).ifPresent(node -> nixs.put(input, node.attributes().get("original")));
    }

    Map<String, JsonNode> ours = new TreeMap<>();
    for (SourceFlake.Declaration each : read(flake).declarations()) {
      if (each.path().size() == 1) {
        each.reference().ifPresent(reference -> ours.put(each.path().getFirst(), reference));
        assertThat(each.isFlake())
            .isEqualTo(lock.at(each.path()).map(LockNode::isFlake).orElse(true));
      }
    }
    assertThat(ours).isEqualTo(nixs).hasSizeGreaterThan(20);
  }

  private static String refused(Path flake) {
    PermanentException refusal = catchThrowableOfType(PermanentException.class, () -> read(flake));
    assertThat(refusal).isNotNull();
    return refusal.getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inputs.a.url = \"github:\" + \"acme/lib\";",
        "inputs.a.url = \"${\"github:acme/lib\"}\";",
        "inputs.a.url = ''github:acme/''${\"lib\"}'';",
        "inputs.a.url = (\"github:acme/lib\" + \"\");",
        "inputs.a.url = if true then \"github:acme/lib\" else \"\";",
        "inputs.a.url = builtins.head [ \"github:acme/lib\" ];",
        "inputs.a.url = [ \"github:acme/lib\" ];",
        "inputs.a.url = null;",
        "inputs.a.url = 1;",
        "inputs.a.url = <nixpkgs>;",
        "inputs.a.url = ~/lib;",
        "inputs.a = { url = \"github:acme/lib\"; flake = 1; };",
        "inputs.a = { url = \"github:acme/lib\"; flake = !false; };",
        "inputs.a = { url = \"github:acme/lib\"; owner = \"acme\"; };",
        "inputs.a = { type = \"github\"; owner = \"acme\"; repo = \"li\" + \"b\"; };",
        "inputs.a = { type = \"github\"; owner = \"acme\"; repo = \"lib\"; n = -1; };",
        "inputs.a = { type = \"github\"; owner = \"acme\"; repo = \"lib\"; n = 1.5; };",
        "inputs.a = { type = \"github\"; owner = \"acme\"; repo = \"lib\"; n = { }; };",
        "inputs.a = let x = { url = \"github:acme/lib\"; }; in x;",
        "inputs.a = with { }; { url = \"github:acme/lib\"; };",
        "inputs.a = { url = \"github:acme/lib\"; } // { };",
        "inputs.a = { ${\"ur\" + \"l\"} = \"github:acme/lib\"; };",
        "inputs.${\"a\" + \"b\"}.url = \"github:acme/lib\";",
        "inputs.a.follows = \"b\" + \"\";",
        "inputs.a.follows = \"../b\";",
        "inputs.a = \"github:acme/lib\";",
        "inputs = x: { a.url = \"github:acme/lib\"; };",
        "inputs = import ./inputs.nix;",
        "inputs.a.url = ''github:acme/lib'' + x;",
        "input.a.url = \"github:acme/lib\";",
        "description = \"a\" + \"b\"; inputs.a.url = \"github:acme/lib\";",
        "inputs.a.inputs.self.url = \"github:acme/lib\";",
        "inputs.a.url = ../lib;",
        "inputs.a.url = /etc;",
      })
  void whatNixRefusesIsRefused(String inputs) throws IOException {
    Path flake = flake("{ " + inputs + " outputs = _: { }; }");

    assertThat(refused(flake))
        .contains("could not read the source")
        .doesNotContain("scratch", "/store/");
    assertThat(lockedByNix(flake).exit()).isNotZero();
  }

  /** nix evaluates these, or depends on what it has read before. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ ${\"inp\" + \"uts\"}.a.url = \"github:acme/lib\"; outputs = _: { }; }",
        "{ inputs = rec { a.url = \"github:acme/lib\"; b = a; }; outputs = _: { }; }",
        "rec { false = true; inputs.a = { url = \"x\"; flake = false; }; outputs = _: { }; }",
        "rec { __overrides.inputs.a.url = \"github:acme/lib\"; outputs = _: { }; }",
        "{ inputs.a.url = \"github:acme/lib\u0000\"; outputs = _: { }; }",
        "{ inputs.a.url = __nixVersion; outputs = _: { }; }",
        "{ inputs.a.url = \"github:acme/lib\"; }",
        "{ inputs.a.url = \"github:acme/lib\"; outputs = { }; }",
        "[ ]",
        "{ outputs = ",
      })
  void whatIsNoPlainFlakeIsRefused(String text) throws IOException {
    assertThat(refused(flake(text))).contains("could not read the source");
  }
}
