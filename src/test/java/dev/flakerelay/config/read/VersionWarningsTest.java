package dev.flakerelay.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionWarningsTest {
  private static final String PUSH = "{ event: push, repository: o/s, branch: main }";
  private static final String RUN = "{ event: workflow_run, repository: o/s }";
  private static final String RELEASE = "{ event: release, repository: o/s }";
  private static final String DISPATCH = "{ event: repository_dispatch, repository: o/t, type: x }";

  @TempDir private Path folder;

  private List<String> warnings(String... routes) throws IOException, ConfigException {
    String yaml = "secrets: { webhook: [env:A] }\nroutes:\n" + String.join("", routes);
    Path file = Files.writeString(folder.resolve("relay.yaml"), yaml);
    return ConfigReader.read(file).warnings().stream().map(Problem::toString).toList();
  }

  private static String route(String name, String target, String... when) {
    return "  %s:\n    when: [%s]\n    targets: [%s]\n"
        .formatted(name, String.join(", ", when), target);
  }

  private static String target(String branch, String input) {
    return "{ repository: https://github.com/o/t.git, branch: %s, input: %s }"
        .formatted(branch, input);
  }

  /** The README's own example waited for both, and its commits never named a version. */
  @Test
  void aRouteThatWaitsForAPushAndForAVersionIsWarnedOf() throws Exception {
    assertThat(warnings(route("one", target("main", "a"), DISPATCH, PUSH)))
        .containsExactly(
            "routes.one.when: the message names {version}, but where \"push to main of o/s\" comes"
                + " first, \"repository_dispatch x of o/t\" for the same commit is a duplicate and"
                + " its version is not shown: wait for only one of them");
    assertThat(warnings(route("one", target("main", "a"), PUSH, RELEASE))).hasSize(1);
    assertThat(warnings(route("one", target("main", "a"), RUN, RELEASE))).hasSize(1);
  }

  @Test
  void soAreTwoRoutesToOneInput() throws Exception {
    String push = route("branch", target("main", "a"), PUSH);
    assertThat(warnings(push, route("release", target("main", "a"), RELEASE)))
        .singleElement()
        .asString()
        .startsWith("routes.release.when: ");
    assertThat(warnings(push, route("release", target("main", "b"), RELEASE))).isEmpty();
    assertThat(warnings(push, route("release", target("next", "a"), RELEASE))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        PUSH + "|''",
        PUSH + ", " + RUN + "|''",
        DISPATCH + ", " + RELEASE + "|''",
        DISPATCH + ", " + PUSH + "|'commit: { message: \"bump {input}\" }'"
      })
  void othersAreNot(String when, String more) throws Exception {
    assertThat(warnings(route("one", target("main", "a"), when) + "    " + more + "\n")).isEmpty();
  }
}
