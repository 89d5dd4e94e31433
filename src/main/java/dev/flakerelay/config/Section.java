package dev.flakerelay.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A mapping of the file that is read key by key. It remembers which keys it was asked for, so that
 * every other one is a mistake.
 */
final class Section {
  private final String path;
  private final Map<String, Yaml> entries;
  private final List<Problem> problems;
  private final Set<String> known = new LinkedHashSet<>();
  private final int before;

  /** The mapping at {@code path}. */
  Section(String path, Map<String, Yaml> entries, List<Problem> problems) {
    this.path = path;
    this.entries = entries;
    this.problems = problems;
    this.before = problems.size();
  }

  /**
   * The value of a key, if it is there.
   *
   * @param example a value that could stand there, as YAML in one line
   */
  Optional<Cursor> optional(String key, String example) {
    known.add(key);
    Yaml value = entries.get(key);
    return value == null
        ? Optional.empty()
        : Optional.of(new Cursor(Cursor.join(path, key), value, key + ": " + example, problems));
  }

  /** The value of a key; a problem if it is missing. */
  Optional<Cursor> required(String key, String example) {
    Optional<Cursor> value = optional(key, example);
    if (value.isEmpty()) {
      problems.add(
          new Problem(
              Cursor.join(path, key), "missing: write for example " + key + ": " + example));
    }
    return value;
  }

  /** The text of a key, if it is there, read as {@link Cursor#text} does. */
  <T> Optional<T> optional(String key, String example, Function<String, T> parse) {
    return optional(key, example).flatMap(value -> value.text(parse));
  }

  /** The text of a key, read as {@link Cursor#text} does; a problem if it is missing. */
  <T> Optional<T> required(String key, String example, Function<String, T> parse) {
    return required(key, example).flatMap(value -> value.text(parse));
  }

  /** The keys as they are written, for a mapping whose keys are names. */
  List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** Adds a problem with the mapping as a whole, or with one of its keys. */
  void problem(String key, String message) {
    problems.add(new Problem(key.isEmpty() ? path : Cursor.join(path, key), message));
  }

  /**
   * Ends the section: keys that nobody asked for become problems.
   *
   * @param make builds the result from the values that were read
   * @return nothing if there was any problem in this section, so that {@code make} finds every
   *     required value present
   */
  <T> Optional<T> make(Supplier<T> make) {
    for (String key : entries.keySet()) {
      if (!known.contains(key)) {
        problem(key, "unknown key: " + Choice.hint(key, known));
      }
    }
    return problems.size() == before ? Optional.of(make.get()) : Optional.empty();
  }
}
