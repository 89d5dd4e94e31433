package dev.flakerelay.log;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what happened, one event a line: JSON for machines, plain text for people at a terminal.
 *
 * <p>A JSON line is an object with {@code time} (RFC 3339, UTC), {@code level} ({@code info},
 * {@code warn}, {@code error}), {@code event} and the event's own fields. Everything outside
 * printable ASCII is escaped, so no value can forge a line or turn text around; in plain text such
 * characters become {@code ?}.
 */
public final class EventLog {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** How lines are written. */
  public enum Format {
    /** One JSON object a line. */
    JSON,
    /** For people. */
    TEXT
  }

  private final PrintStream out;
  private final Format format;
  private final InstantSource clock;

  /** A log that writes to {@code out}, as UTF-8. */
  public EventLog(PrintStream out, Format format, InstantSource clock) {
    this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
    this.format = format;
    this.clock = clock;
  }

  /** Something happened as it should. */
  public void info(String event, Map<String, ? extends @Nullable Object> fields) {
    write("info", event, fields);
  }

  /** Something failed that will be tried again, or was refused. */
  public void warn(String event, Map<String, ? extends @Nullable Object> fields) {
    write("warn", event, fields);
  }

  /** Something failed that a person should look at. */
  public void error(String event, Map<String, ? extends @Nullable Object> fields) {
    write("error", event, fields);
  }

  /** Says that something happened of which no more can be said, and needs no memory for it. */
  void lastResort(String event) {
    out.println(
        format == Format.JSON ? "{\"level\":\"error\",\"event\":\"" + event + "\"}" : event);
  }

  /** What time it is by this log's clock. */
  public Instant now() {
    return clock.instant();
  }

  private void write(String level, String event, Map<String, ? extends @Nullable Object> fields) {
    out.println(format == Format.JSON ? json(level, event, fields) : text(level, event, fields));
  }

  /** An object as one line, for what stands on a terminal, too: ASCII, values as they are. */
  public static String json(Map<String, ? extends @Nullable Object> fields) {
    return JSON.writeValueAsString(fields);
  }

  private String json(String level, String event, Map<String, ? extends @Nullable Object> fields) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("level", level);
    line.put("event", event);
    line.putAll(fields);
    return json(line);
  }

  private String text(String level, String event, Map<String, ? extends @Nullable Object> fields) {
    LocalTime now = LocalTime.ofInstant(clock.instant(), ZoneId.systemDefault());
    String values =
        fields.entrySet().stream()
            .filter(field -> field.getValue() != null)
            .map(field -> field.getKey() + "=" + quoted(String.valueOf(field.getValue())))
            .collect(Collectors.joining(" "));
    String mark = level.equals("info") ? "" : level.toUpperCase(Locale.ROOT) + " ";
    return now.truncatedTo(ChronoUnit.SECONDS) + " " + mark + event + " " + values;
  }

  private static String quoted(String value) {
    String printable = value.replaceAll("\\R", " ").replaceAll("[^\\x20-\\x7e]", "?");
    return printable.contains(" ") ? "\"" + printable.replace("\"", "'") + "\"" : printable;
  }
}
