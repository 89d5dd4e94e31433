package dev.flakerelay.local.sqlite;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An outcome that was written down.
 *
 * @param at when the job ended
 * @param told whether everybody has heard of it
 * @param fields those of the log line, as {@link Outcome#fields} names them
 */
public record RecordedOutcome(Instant at, boolean told, JsonNode fields) {
  private static final String TIME = "_ms";

  static RecordedOutcome read(Instant at, boolean told, String json) {
    return new RecordedOutcome(at, told, JsonMapper.shared().readTree(json));
  }

  /** A field's text, if it has one. */
  public Optional<String> text(String field) {
    JsonNode value = fields.path(field);
    return value.isMissingNode() || value.isNull()
        ? Optional.empty()
        : Optional.of(value.asString());
  }

  /** How long all of it took. */
  public Duration duration() {
    return Duration.ofMillis(fields.path("duration_ms").asLong());
  }

  /** How long each step took. */
  public Map<String, Duration> steps() {
    Map<String, Duration> steps = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      String name = field.getKey();
      if (name.endsWith(TIME) && !name.equals("duration_ms")) {
        steps.put(
            name.substring(0, name.length() - TIME.length()),
            Duration.ofMillis(field.getValue().asLong()));
      }
    }
    return steps;
  }

  /** The outcome again, for who has not heard of it: of the same job, done once more. */
  public Outcome insteadOf(Outcome again) {
    return new Outcome(
        Outcome.Kind.valueOf(text("outcome").orElseThrow().toUpperCase(Locale.ROOT)),
        again.job(),
        text("locked").map(Revision::new),
        text("commit").map(Revision::new),
        text("pull_request"),
        text("reason"),
        steps(),
        duration(),
        again.source(),
        text("engine").map(name -> new Outcome.Engine(name, text("engine_reason"))));
  }
}
