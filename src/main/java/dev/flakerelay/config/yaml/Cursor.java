package dev.flakerelay.config.yaml;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One value of the file, its path, and what to write there. Reading it as something that it is not
 * adds a problem and gives nothing, so that one pass finds every mistake.
 *
 * @param path as {@link Problem#path()} writes it
 * @param value what stands there
 * @param example what could stand there, as YAML in one line
 * @param problems where mistakes are collected
 */
public record Cursor(String path, Yaml value, String example, Problems problems) {
  private static final Pattern PLAIN = Pattern.compile("[\\p{Alnum}_-]+");

  /** The path of a key below another path; a key with other characters than a name's is quoted. */
  static String join(String path, String key) {
    String name =
        PLAIN.matcher(key).matches()
            ? key
            : "'" + key.replaceAll("[\\p{C}\\u2028\\u2029]", "?") + "'";
    return path.isEmpty() ? name : path + "." + name;
  }

  /**
   * Reads text by a type's own parser; its {@link IllegalArgumentException} becomes the problem's
   * message.
   */
  public <T> Optional<T> text(Function<String, T> parse) {
    if (!(value instanceof Yaml.Scalar(Place _, String text))) {
      return mismatch("text");
    }
    if (text.isBlank()) {
      return problem("empty: write for example " + example);
    }
    try {
      return Optional.of(parse.apply(text));
    } catch (IllegalArgumentException e) {
      return problem(String.valueOf(e.getMessage()));
    }
  }

  /** Reads a list, item by item; items that are wrong are left out. */
  public <T> Optional<List<T>> list(Function<Cursor, Optional<T>> read) {
    if (!(value instanceof Yaml.Sequence(Place _, List<Yaml> items))) {
      return mismatch("a list");
    }
    List<T> result = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Cursor item = new Cursor(path + "[" + i + "]", items.get(i), example, problems);
      read.apply(item).ifPresent(result::add);
    }
    return Optional.of(List.copyOf(result));
  }

  /** Reads a list with at least one item. */
  public <T> Optional<List<T>> someOf(Function<Cursor, Optional<T>> read) {
    return value instanceof Yaml.Sequence(Place _, List<Yaml> items) && items.isEmpty()
        ? problem("empty: write for example " + example)
        : list(read);
  }

  /** Makes an item's reader refuse what an earlier item of the same list said already. */
  public static <T> Function<Cursor, Optional<T>> distinct(Function<Cursor, Optional<T>> read) {
    Set<T> seen = new HashSet<>();
    return item -> {
      Optional<T> result = read.apply(item);
      return result.filter(seen::add).isPresent() || result.isEmpty()
          ? result
          : item.problem("written twice: keep one");
    };
  }

  /**
   * Reads a mapping.
   *
   * @param read what to make of its keys
   */
  public <T> Optional<T> section(Function<Section, Optional<T>> read) {
    return value instanceof Yaml.Mapping mapping
        ? read.apply(new Section(path, mapping, problems))
        : mismatch("a mapping");
  }

  /** Adds a problem with this value and gives nothing. */
  public <T> Optional<T> problem(String message) {
    problems.add(value.at(), path, message);
    return Optional.empty();
  }

  private <T> Optional<T> mismatch(String wanted) {
    String instead = ": write for example " + example;
    return switch (value) {
      case Yaml.Nothing(Place at) -> {
        problems.addMissing(at, path, "without a value" + instead);
        yield Optional.empty();
      }
      case Yaml.Alias _ -> problem("an alias (*name), which is not followed: write it out");
      default -> problem(value.kind() + ", not " + wanted + instead);
    };
  }
}
