package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Relayed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A log of JSON holds nothing else, whatever happens in the process. */
@Tag("slow")
class JsonLogTest {
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  @Test
  void whateverIsPrintedOrThrownIsOneObjectALine(@TempDir Path folder) throws Exception {
    Relayed relayed = Relayed.create(folder);
    RelayProgram program = RelayProgram.in(folder.resolve("relay"));
    try (ServeProcess serve = program.serveWithin(NoisyServe.class, relayed.config())) {
      serve.type("\n");
      Await.until(SOON, () -> serve.errors().stream().anyMatch(l -> l.contains(NoisyServe.END)));
      Await.until(SOON, () -> serve.events("uncaught").size() >= 5);
      List<JsonNode> lines = serve.errors().stream().map(STRICT::readTree).toList();

      assertThat(lines).allMatch(JsonNode::isObject);
      assertThat(lines).allMatch(line -> line.path("event").isString());
      assertThat(serve.out()).singleElement().asString().startsWith("listening on ");
      assertThat(serve.errors())
          .anyMatch(line -> line.contains("uncaught\\nin two lines") && line.contains("\"stack\""))
          .anyMatch(line -> line.contains("uncaught, virtual"))
          .anyMatch(line -> line.contains("\"no-memory\""))
          .anyMatch(line -> line.contains("\"printed\"") && line.contains("Caused by: "))
          .anyMatch(line -> line.contains("\"jul\"") && line.contains("value"))
          .anyMatch(line -> line.contains("\"slf4j\"") && line.contains("c\\nd"))
          .anyMatch(line -> line.contains("\"system\""))
          .anyMatch(line -> line.contains("{\\\"forged\\\":"));
      // And it works on.
      Revision released = relayed.release("2");
      serve.post("repository_dispatch", Relayed.dispatch(released, "2"));
      assertThat(serve.outcome(released.hex()).path("outcome").asString()).isEqualTo("updated");
    }
  }

  @Test
  void whyItDidNotStartIsJsonWhereThatWasAskedFor(@TempDir Path folder) {
    RelayProgram program = RelayProgram.in(folder);
    var run = program.run("serve", "--config", folder + "/missing.yaml", "--log", "json");
    assertThat(run.exit()).isEqualTo(2);
    assertThat(STRICT.readTree(run.errors()).path("text").asString())
        .startsWith("relay: ")
        .contains("missing.yaml");
  }
}
