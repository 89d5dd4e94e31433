package dev.flakerelay.config.yaml;

import dev.flakerelay.config.Choice;
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
public final class Section {
  private final String path;
  private final Yaml.Mapping mapping;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();
  private final int before;
  private boolean names;

  /** The mapping at {@code path}. */
  Section(String path, Yaml.Mapping mapping, Problems problems) {
    this.path = path;
    this.mapping = mapping;
    this.problems = problems;
    this.before = problems.count();
    problems.enter(this);
  }

  /**
   * The value of a key, if it is there.
   *
   * @param example a value that could stand there, as YAML in one line
   */
  public Optional<Cursor> optional(String key, String example) {
    known.add(key);
    Yaml.Entry entry = mapping.entries().get(key);
    return entry == null
        ? Optional.empty()
        : Optional.of(new Cursor(pathOf(key), entry.value(), key + ": " + example, problems));
  }

  /** The value of a key; a problem if it is missing. */
  public Optional<Cursor> required(String key, String example) {
    Optional<Cursor> value = optional(key, example);
    if (value.isEmpty()) {
      problems.addMissing(
          mapping.at(), pathOf(key), "missing: write for example " + key + ": " + example);
    }
    return value;
  }

  /** The text of a key, if it is there, read as {@link Cursor#text} does. */
  public <T> Optional<T> optional(String key, String example, Function<String, T> parse) {
    return optional(key, example).flatMap(value -> value.text(parse));
  }

  /** The text of a key, read as {@link Cursor#text} does; a problem if it is missing. */
  public <T> Optional<T> required(String key, String example, Function<String, T> parse) {
    return required(key, example).flatMap(value -> value.text(parse));
  }

  /**
   * The keys as they are written, for a mapping whose keys are names of mappings. What is neither a
   * mapping nor empty is no such name, but an unknown key.
   */
  public List<String> names() {
    names = true;
    return mapping.entries().entrySet().stream()
        .filter(
            each ->
                each.getValue().value() instanceof Yaml.Mapping
                    || each.getValue().value() instanceof Yaml.Nothing)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The keys as they are written, whatever stands there. */
  public List<String> keys() {
    return List.copyOf(mapping.entries().keySet());
  }

  /** Adds a problem with the mapping as a whole, or with one of its keys. */
  public void problem(String key, String message) {
    problems.add(placeOf(key), key.isEmpty() ? path : pathOf(key), message);
  }

  /**
   * Ends the section: keys that nobody asked for become problems.
   *
   * @param make builds the result from the values that were read
   * @return nothing if there was any problem in this section, so that {@code make} finds every
   *     required value present
   */
  public <T> Optional<T> make(Supplier<T> make) {
    for (String key : mapping.entries().keySet()) {
      if (!knows(key)) {
        problems.addUnknown(this, key);
      }
    }
    return problems.count() == before ? Optional.of(make.get()) : Optional.empty();
  }

  /** What is wrong with a key that belongs nowhere. */
  String unknown(String key) {
    return names
        ? valueOf(key).kind() + ", not a mapping"
        : "unknown key: " + Choice.hint(key, known);
  }

  /** Where its first key is, or its opening brace. */
  Place at() {
    return mapping.at();
  }

  String path() {
    return path;
  }

  /** The path of one of its keys. */
  String pathOf(String key) {
    return Cursor.join(path, key);
  }

  /** Where a key is; where the mapping begins if it is not there. */
  Place placeOf(String key) {
    Yaml.Entry entry = mapping.entries().get(key);
    return entry == null ? mapping.at() : entry.at();
  }

  /** What stands at a key that is there. */
  Yaml valueOf(String key) {
    Yaml.Entry entry = mapping.entries().get(key);
    return entry == null ? new Yaml.Nothing(mapping.at()) : entry.value();
  }

  /** Whether it has no keys. */
  public boolean isEmpty() {
    return mapping.entries().isEmpty();
  }

  /** Whether it has a key. */
  public boolean has(String key) {
    return mapping.entries().containsKey(key);
  }

  /** Whether the mapping at one of its keys has some key. */
  public boolean hasIn(String key, String inner) {
    return valueOf(key) instanceof Yaml.Mapping value && value.entries().containsKey(inner);
  }

  /** Whether it was asked for a key. */
  public boolean knows(String key) {
    return known.contains(key);
  }

  /** The last known key before another one, if it has no value. */
  Optional<String> emptyKeyBefore(String key) {
    Optional<String> last = Optional.empty();
    for (String each : mapping.entries().keySet()) {
      if (each.equals(key)) {
        break;
      }
      last = knows(each) ? Optional.of(each) : last;
    }
    return last.filter(each -> valueOf(each) instanceof Yaml.Nothing);
  }

  /** Whether it is written by indentation, without braces. */
  boolean isBlock() {
    return mapping.entries().values().stream()
        .findFirst()
        .filter(first -> first.at().equals(mapping.at()))
        .isPresent();
  }

  /** Whether it is the value of a key, and no item of a list. */
  boolean isNamed() {
    return !path.isEmpty() && !path.endsWith("]");
  }

  /** Whether it stands somewhere in another section. */
  boolean isBelow(Section other) {
    return other.path.isEmpty()
        ? !path.isEmpty()
        : path.startsWith(other.path + ".") || path.startsWith(other.path + "[");
  }

  /** Whether another section is the value of one of its keys. */
  boolean isParentOf(Section other) {
    return mapping.entries().keySet().stream().anyMatch(key -> pathOf(key).equals(other.path));
  }
}
