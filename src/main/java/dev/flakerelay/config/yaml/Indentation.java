package dev.flakerelay.config.yaml;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds where a key belongs that nobody knows where it stands: YAML reads a line with a wrong
 * indentation as a key of another mapping.
 */
final class Indentation {
  private final List<Section> sections;

  /** Looks among the sections of a file, in its order. */
  Indentation(List<Section> sections) {
    this.sections = List.copyOf(sections);
  }

  /**
   * Where a key belongs.
   *
   * @param path what is there by this key, and is no longer missing
   * @param advice what to write
   */
  record Home(String path, String advice) {}

  /** Where a section's unknown key belongs, if its indentation is what is wrong. */
  Optional<Home> homeOf(Section section, String key) {
    return belowEmptyKey(section, key)
        .or(() -> amongOthers(section, key))
        .or(() -> inSection(section, key));
  }

  /** {@code routes:} without a value, and a route below it in the same column. */
  private static Optional<Home> belowEmptyKey(Section section, String key) {
    return section
        .emptyKeyBefore(key)
        .map(
            empty ->
                new Home(
                    section.pathOf(empty),
                    "wrong indentation: what belongs to "
                        + empty
                        + " stands further right than "
                        + empty));
  }

  /** A whole route that stands too far left or right. */
  private Optional<Home> amongOthers(Section section, String key) {
    if (!(section.valueOf(key) instanceof Yaml.Mapping(Place _, Map<String, Yaml.Entry> entries))
        || entries.isEmpty()) {
      return Optional.empty();
    }
    return sections.stream()
        .filter(like -> like.isNamed() && entries.keySet().stream().allMatch(like::knows))
        .flatMap(like -> sections.stream().filter(above -> above.isParentOf(like)))
        .filter(above -> above.isBlock() && !above.equals(section))
        .findFirst()
        .map(above -> home(above, key));
  }

  /** A key of a mapping around this one, or of one that ended just before. */
  private Optional<Home> inSection(Section section, String key) {
    Place place = section.placeOf(key);
    return sections.stream()
        .filter(other -> other.isBlock() && other.knows(key) && !other.has(key))
        .filter(
            other ->
                section.isBelow(other)
                    || (other.isBelow(section) && other.at().compareTo(place) < 0))
        .max(Comparator.comparing(Section::at))
        .map(other -> home(other, key));
  }

  private static Home home(Section section, String key) {
    return new Home(
        section.pathOf(key),
        "wrong indentation: "
            + key
            + " belongs to "
            + (section.path().isEmpty() ? "the file as a whole" : section.path())
            + ": write it in column "
            + section.at().column());
  }
}
