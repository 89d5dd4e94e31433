package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Sources whose jobs never end do not keep others waiting. */
@Tag("slow")
class FairShareTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  /** nix would parse it for minutes; it is ended after ten seconds of computing. */
  private static final String DEEP =
      "{ inputs" + ".a".repeat(200_000) + ".url = \"github:acme/app\"; outputs = _: { }; }\n";

  private final Path folder;
  private final GitHttpServer git;
  private final TestRepository hostile;
  private final TestRepository honest;
  private final RelayProgram program;
  private final List<String> routes = new ArrayList<>();

  FairShareTest(@TempDir Path folder) {
    this.folder = folder;
    this.git = GitHttpServer.serving(folder);
    this.program = RelayProgram.in(folder.resolve("relay"));
    this.hostile = source("hostile");
    this.honest = source("honest");
  }

  private TestRepository source(String name) {
    TestRepository source = TestRepository.create(folder.resolve(name));
    source.write("flake.nix", FlakeText.describedAs(name).text()).commit("Release 1");
    return source;
  }

  @AfterEach
  void stop() {
    git.close();
  }

  /**
   * Two endless evaluations kept an unrelated target waiting for 483 s, a slow server for 517 s.
   */
  @Test
  void anHonestTargetDoesNotWaitForHostileSources() throws Exception {
    TestRepository target = target("target", Map.of("hostile", file(hostile)));
    route("many", "hostile", copies(target, "many", 10));
    for (int i = 0; i < 6; i++) {
      route("source-" + i, "hostile", copies(target, "source-" + i, 1));
    }
    TestRepository trickling =
        target("trickling", Map.of("hostile", "git+" + git.url("hostile/.git") + "?ref=main"));
    route("trickling", "hostile", List.of(trickling.bareClone(folder.resolve("slow.git"))));
    TestRepository good = target("good", Map.of("honest", file(honest)));
    route("good", "honest", copies(good, "good", 1));
    Revision deep = hostile.write("flake.nix", DEEP).commit("Go deep");
    Revision released = honest.write("VERSION", "2\n").commit("Release 2");
    git.failNext(1000, "/hostile", new Fault.Slow(Duration.ofHours(1)));
    try (ServeProcess serve = program.serve(config(), "--workers", "2")) {
      assertThat(serve.post("repository_dispatch", dispatch("hostile", deep)).statusCode())
          .isEqualTo(202);
      Await.until(SOON, () -> !serve.programs().isEmpty());
      assertThat(serve.post("repository_dispatch", dispatch("honest", released)).statusCode())
          .isEqualTo(202);
      JsonNode outcome = serve.outcome(released.hex());
      // On a slow machine its first turn may end right after the push.
      assertThat(outcome.path("outcome").asString()).isIn("updated", "unchanged");
      assertThat(serve.outcomes(deep.hex())).hasSizeLessThan(17);
      assertThat(serve.events("retry"))
          .noneMatch(retry -> retry.path("route").asString().equals("good"));
    }
  }

  private static String file(TestRepository source) {
    return "git+file://" + source.directory() + "?ref=main";
  }

  private TestRepository target(String name, Map<String, String> inputs) {
    TestRepository work = TestRepository.create(folder.resolve("work-" + name));
    FlakeText flake = FlakeText.describedAs(name);
    inputs.forEach(flake::input);
    work.write("flake.nix", flake.text()).commit("Add the flake");
    TestNix.in(folder.resolve("nix"), Map.of()).lock(work.directory()).succeeded();
    work.commit("Lock");
    return work;
  }

  private List<TestRepository> copies(TestRepository work, String name, int number) {
    List<TestRepository> copies = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      copies.add(work.bareClone(folder.resolve(name + "-" + i + ".git")));
    }
    return copies;
  }

  private void route(String name, String input, List<TestRepository> targets) {
    StringBuilder route = new StringBuilder();
    route.append(
        """
          %s:
            when: [{ event: repository_dispatch, repository: acme/%s, type: app-released }]
            targets:
        """
            .formatted(name, input));
    for (TestRepository target : targets) {
      route.append(
          "      - { repository: \"%s\", branch: main, input: %s }\n"
              .formatted(target.url(), input));
    }
    routes.add(route.toString());
  }

  private Path config() throws Exception {
    return Files.writeString(
        folder.resolve("relay.yaml"),
        "secrets: { webhook: [env:RELAY_WEBHOOK_SECRET] }\nroutes:\n" + String.join("", routes));
  }

  private static String dispatch(String source, Revision revision) {
    return Relayed.dispatch("acme/" + source, revision, "2");
  }
}
