package dev.flakerelay.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Placeholders in a template's text. */
final class MessageWord {
  private static final Pattern HOLE = Pattern.compile("\\{([^{}]*)(}?)");
  private static final Pattern JOINT = Pattern.compile("^[^\\p{L}\\p{N}]*");

  private MessageWord() {}

  /**
   * Checks that every brace opens a known placeholder.
   *
   * @throws IllegalArgumentException if one is unknown or not closed
   */
  static void check(String text) {
    Matcher hole = HOLE.matcher(text);
    while (hole.find()) {
      if (hole.group(2).isEmpty()) {
        throw new IllegalArgumentException(
            "the placeholder {" + hole.group(1) + " is not closed: write it as in {sha7}");
      }
      placeholder(hole.group(1));
    }
  }

  /** The placeholders of a text that was checked. */
  static List<Placeholder> placeholders(String text) {
    return HOLE.matcher(text).results().map(hole -> placeholder(hole.group(1))).toList();
  }

  private static Placeholder placeholder(String name) {
    return Arrays.stream(Placeholder.values())
        .filter(placeholder -> placeholder.key().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name));
  }

  private static IllegalArgumentException unknown(String name) {
    List<String> keys = Arrays.stream(Placeholder.values()).map(Placeholder::key).toList();
    String known = keys.stream().map(key -> "{" + key + "}").collect(Collectors.joining(" "));
    return new IllegalArgumentException("unknown placeholder {" + name + "}: known are " + known);
  }

  /**
   * Fills a word in.
   *
   * @return with all values there, the word; otherwise the values that are there, joined by the
   *     punctuation that stood between them; nothing if there are none, or if the word is a URL,
   *     which would lead somewhere else
   */
  static Optional<String> fill(String word, Map<Placeholder, String> values) {
    if (placeholders(word).stream().allMatch(values::containsKey)) {
      return Optional.of(
          HOLE.matcher(word)
              .replaceAll(hole -> Matcher.quoteReplacement(value(hole.group(1), values))));
    }
    return word.contains("://") ? Optional.empty() : partly(word, values);
  }

  private static Optional<String> partly(String word, Map<Placeholder, String> values) {
    StringBuilder kept = new StringBuilder();
    String joint = "";
    boolean neighbours = false;
    int end = 0;
    Matcher hole = HOLE.matcher(word);
    while (hole.find()) {
      String between = word.substring(end, hole.start());
      end = hole.end();
      if (joint.isEmpty()) {
        joint = punctuation(between);
      }
      boolean there = values.containsKey(placeholder(hole.group(1)));
      if (there) {
        kept.append(kept.isEmpty() ? "" : neighbours ? between : joint);
        kept.append(value(hole.group(1), values));
        joint = "";
      }
      neighbours = there;
    }
    return kept.isEmpty() ? Optional.empty() : Optional.of(kept.toString());
  }

  /** What joins two values whose neighbour is gone: the marks after the first, or a dash. */
  private static String punctuation(String between) {
    Matcher marks = JOINT.matcher(between);
    return marks.find() && !marks.group().isEmpty() ? marks.group() : "-";
  }

  private static String value(String name, Map<Placeholder, String> values) {
    return Objects.requireNonNull(values.get(placeholder(name)));
  }
}
