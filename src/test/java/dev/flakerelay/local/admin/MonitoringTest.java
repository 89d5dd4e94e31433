package dev.flakerelay.local.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the alert rules speak of metrics that there are. */
class MonitoringTest {
  private static final Pattern METRIC = Pattern.compile("(?<!Event: )flake_relay_[a-z_]+");

  private static Set<String> metrics() {
    Metrics metrics = new Metrics();
    metrics.answered(202);
    metrics.ended(Map.of("lock", Duration.ofSeconds(1)), "nix");
    return METRIC
        .matcher(new String(metrics.scraped(Statuses.busy(), "").body(), UTF_8))
        .results()
        .map(match -> match.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyMetricThatIsNamedIsThere() throws IOException {
    for (String file :
        List.of("monitoring/grafana.json", "monitoring/alerts.yaml", "docs/operations.md")) {
      assertThat(METRIC.matcher(Files.readString(Path.of(file))).results().map(m -> m.group()))
          .as(file)
          .isNotEmpty()
          .isSubsetOf(metrics());
    }
  }

  @Test
  void promtoolTakesRulesAndMetrics(@TempDir Path folder) throws IOException {
    Programs.need("promtool");
    Execution rules =
        Execution.of(
            Path.of("").toAbsolutePath(),
            Map.of(),
            new byte[0],
            List.of("promtool", "check", "rules", "monitoring/alerts.yaml"));
    assertThat(rules.exit()).as(rules.text() + rules.errors()).isZero();
    byte[] scraped = new Metrics().scraped(Statuses.busy(), "").body();
    Execution lint =
        Execution.of(folder, Map.of(), scraped, List.of("promtool", "check", "metrics"));
    assertThat(lint.exit()).as(lint.text() + lint.errors()).isZero();
  }
}
