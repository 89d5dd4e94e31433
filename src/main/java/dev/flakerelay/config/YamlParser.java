package dev.flakerelay.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Turns YAML text into a tree that keeps what was written.
 *
 * <p>Reads the parser's events itself: binding to a tree would lose the source text of numbers,
 * keep only the last of two equal keys, and take an alias for the text of its name. Aliases are not
 * followed, so that a short file can't stand for a huge one ("billion laughs").
 */
final class YamlParser {
  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(30).build())
          .build();
  private static final Pattern MARK = Pattern.compile("in reader, (line \\d+, column \\d+)");

  private final YAMLParser events;
  private final List<Problem> problems;

  private YamlParser(YAMLParser events, List<Problem> problems) {
    this.events = events;
    this.problems = problems;
  }

  /**
   * Reads a text with one YAML document. Duplicate keys are added to {@code problems} and reading
   * goes on; the first of two equal keys counts.
   *
   * @return the tree; {@link Yaml.Nothing} for a text without any value, and for one that is not
   *     YAML, which adds a problem with line and column
   */
  static Yaml parse(String text, List<Problem> problems) {
    try (YAMLParser events = (YAMLParser) YAML.createParser(ObjectReadContext.empty(), text)) {
      YamlParser parser = new YamlParser(events, problems);
      if (events.nextToken() == null) {
        return new Yaml.Nothing();
      }
      Yaml root = parser.value("");
      if (events.nextToken() != null) {
        problems.add(
            new Problem("", "more than one YAML document: remove the line --- and what follows"));
      }
      return root;
    } catch (JacksonException e) {
      problems.add(syntaxError(e));
      return new Yaml.Nothing();
    }
  }

  private Yaml value(String path) {
    if (events.isCurrentAlias()) {
      return new Yaml.Alias();
    }
    JsonToken token = events.currentToken();
    return switch (token) {
      case START_OBJECT -> mapping(path);
      case START_ARRAY -> sequence(path);
      case VALUE_NULL -> new Yaml.Nothing();
      default -> new Yaml.Scalar(String.valueOf(events.getString()));
    };
  }

  private Yaml mapping(String path) {
    Map<String, Yaml> entries = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    while (events.nextToken() != JsonToken.END_OBJECT) {
      String key = String.valueOf(events.currentName());
      int line = events.currentTokenLocation().getLineNr();
      events.nextToken();
      Yaml value = value(Cursor.join(path, key));
      Integer first = lines.putIfAbsent(key, line);
      if (first == null) {
        entries.put(key, value);
      } else {
        problems.add(
            new Problem(
                Cursor.join(path, key),
                "written twice, in lines " + first + " and " + line + ": keep one"));
      }
    }
    return new Yaml.Mapping(entries);
  }

  private Yaml sequence(String path) {
    List<Yaml> items = new ArrayList<>();
    while (events.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(path + "[" + items.size() + "]"));
    }
    return new Yaml.Sequence(items);
  }

  /**
   * The parser's words without the source lines that it quotes: a secret that was written into the
   * file must not get into a log. Of the places it names, the last is where it stumbled.
   */
  private static Problem syntaxError(JacksonException e) {
    String said = String.valueOf(e.getOriginalMessage());
    TokenStreamLocation where = e.getLocation();
    String place =
        where == null ? "" : "line " + where.getLineNr() + ", column " + where.getColumnNr();
    Matcher mark = MARK.matcher(said);
    while (mark.find()) {
      place = mark.group(1);
    }
    String reason =
        said.lines().filter(line -> !line.startsWith(" ")).collect(Collectors.joining(", "));
    return new Problem(place, "not valid YAML: " + reason);
  }
}
