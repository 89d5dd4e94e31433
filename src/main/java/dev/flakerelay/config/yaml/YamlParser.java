package dev.flakerelay.config.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
public final class YamlParser {
  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(30).build())
          .build();

  private final YAMLParser events;
  private final Problems problems;

  private YamlParser(YAMLParser events, Problems problems) {
    this.events = events;
    this.problems = problems;
  }

  /**
   * Reads a text with one YAML document. Duplicate keys are added to {@code problems} and reading
   * goes on; the first of two equal keys counts.
   *
   * @return the tree; {@link Yaml.Nothing} for a text without any value, and for one that is not
   *     YAML, which adds a problem
   */
  public static Yaml parse(String text, Problems problems) {
    try (YAMLParser events = (YAMLParser) YAML.createParser(ObjectReadContext.empty(), text)) {
      YamlParser parser = new YamlParser(events, problems);
      if (events.nextToken() == null) {
        return new Yaml.Nothing(Place.WHOLE_FILE);
      }
      Yaml root = parser.value("", Place.WHOLE_FILE);
      if (events.nextToken() != null) {
        problems.add(
            parser.place(),
            "",
            "more than one YAML document: remove the line --- and what follows");
      }
      return root;
    } catch (JacksonException e) {
      SyntaxError error = SyntaxError.of(e, text);
      problems.add(error.place(), "", error.message());
      return new Yaml.Nothing(error.place());
    }
  }

  private Place place() {
    TokenStreamLocation where = events.currentTokenLocation();
    return new Place(where.getLineNr(), where.getColumnNr());
  }

  private Yaml value(String path, Place key) {
    Place at = place();
    if (events.isCurrentAlias()) {
      return new Yaml.Alias(at);
    }
    JsonToken token = events.currentToken();
    return switch (token) {
      case START_OBJECT -> mapping(path, at);
      case START_ARRAY -> sequence(path, at);
      case VALUE_NULL -> new Yaml.Nothing(key);
      default -> new Yaml.Scalar(at, String.valueOf(events.getString()));
    };
  }

  private Yaml mapping(String path, Place at) {
    Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
    while (events.nextToken() != JsonToken.END_OBJECT) {
      String key = String.valueOf(events.currentName());
      Place place = place();
      events.nextToken();
      Yaml value = value(Cursor.join(path, key), place);
      Yaml.Entry first = entries.putIfAbsent(key, new Yaml.Entry(place, value));
      if (first != null) {
        problems.add(
            place,
            Cursor.join(path, key),
            "written twice, in lines " + first.at().line() + " and " + place.line() + ": keep one");
      }
    }
    return new Yaml.Mapping(at, entries);
  }

  private Yaml sequence(String path, Place at) {
    List<Yaml> items = new ArrayList<>();
    while (events.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(path + "[" + items.size() + "]", place()));
    }
    return new Yaml.Sequence(at, items);
  }
}
