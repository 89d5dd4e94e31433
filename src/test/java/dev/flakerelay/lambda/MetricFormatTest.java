package dev.flakerelay.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.queue.Jobs;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An outcome's line in Lambda, by the rules of the embedded metric format. */
class MetricFormatTest {
  private static final Instant NOW = Jobs.job("main", 7).firstSeen().plusMillis(2345);

  private static JsonNode line(Outcome.Kind kind, Map<String, Duration> steps) {
    Outcome outcome =
        new Outcome(
            kind,
            Jobs.job("main", 7),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            steps,
            Duration.ofMillis(800));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EventLog log = new EventLog(new PrintStream(out, true, UTF_8), EventLog.Format.JSON, () -> NOW);
    new OutcomeLog(log, new MetricFormat("other-relay", () -> NOW)::of).ended(outcome);
    return JsonMapper.shared().readTree(out.toString(UTF_8));
  }

  @Test
  void anOutcomesLineIsCountedByOutcomeAndRoute() {
    Map<String, Duration> steps =
        Map.of("fetch", Duration.ofMillis(190), "lock", Duration.ofMillis(420));
    JsonNode line = line(Outcome.Kind.UPDATED, steps);

    assertThat(line.path("event").asString()).isEqualTo("outcome");
    assertThat(line.path("_aws").path("Timestamp").asLong()).isEqualTo(NOW.toEpochMilli());
    JsonNode directive = line.path("_aws").path("CloudWatchMetrics").path(0);
    assertThat(directive.path("Namespace").asString()).isEqualTo("other-relay");
    assertThat(directive.path("Dimensions").toString())
        .isEqualTo("[[\"outcome\",\"route\"],[\"outcome\"]]");
    directive
        .path("Dimensions")
        .forEach(
            set -> set.forEach(name -> assertThat(line.path(name.asString()).isString()).isTrue()));
    assertThat(values(line))
        .containsExactlyInAnyOrder(
            "jobs Count 1",
            "duration_ms Milliseconds 800",
            "age_ms Milliseconds 2345",
            "fetch_ms Milliseconds 190",
            "lock_ms Milliseconds 420");
  }

  private static List<String> values(JsonNode line) {
    List<String> values = new ArrayList<>();
    for (JsonNode metric : line.at("/_aws/CloudWatchMetrics/0/Metrics")) {
      String name = metric.path("Name").asString();
      values.add(name + " " + metric.path("Unit").asString() + " " + line.path(name).intValue());
    }
    return values;
  }

  @Test
  void aJobThatNeverGotToAStepHasNoTimeForIt() {
    assertThat(values(line(Outcome.Kind.FAILED, Map.of())))
        .containsExactlyInAnyOrder(
            "jobs Count 1", "duration_ms Milliseconds 800", "age_ms Milliseconds 2345");
  }
}
