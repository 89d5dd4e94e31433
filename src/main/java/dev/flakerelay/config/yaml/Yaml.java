package dev.flakerelay.config.yaml;

import java.util.List;
import java.util.Map;

/** A YAML value as it was written: numbers and truth values keep their source text. */
public sealed interface Yaml {

  /** Where it begins. */
  Place at();

  /** What it is, for an error message: "a list". */
  String kind();

  /**
   * Text, a number, a truth value.
   *
   * @param text as written, without quotes: a branch {@code 1.0} stays {@code 1.0}
   */
  record Scalar(Place at, String text) implements Yaml {
    @Override
    public String kind() {
      return "text";
    }
  }

  /** A key without a value, or {@code null}; it is where the key is. */
  record Nothing(Place at) implements Yaml {
    @Override
    public String kind() {
      return "empty";
    }
  }

  /** {@code *name}, which stands for a value elsewhere in the file; not followed. */
  record Alias(Place at) implements Yaml {
    @Override
    public String kind() {
      return "an alias (*name)";
    }
  }

  /**
   * A list.
   *
   * @param items in the file's order
   */
  record Sequence(Place at, List<Yaml> items) implements Yaml {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * Keys with values.
   *
   * @param entries by key, in the file's order
   */
  record Mapping(Place at, Map<String, Entry> entries) implements Yaml {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  /**
   * What stands at a key.
   *
   * @param at where the key is
   */
  record Entry(Place at, Yaml value) {}
}
