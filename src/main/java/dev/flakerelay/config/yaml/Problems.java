package dev.flakerelay.config.yaml;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is found wrong while a file is read. Unknown and missing keys are judged at the end: a key
 * that is unknown where it stands, and missing elsewhere, is indented wrongly.
 */
public final class Problems {
  private record Unknown(Section section, String key) {}

  private final List<Problem> found = new ArrayList<>();
  private final List<Problem> missing = new ArrayList<>();
  private final List<Unknown> unknown = new ArrayList<>();
  private final List<Section> sections = new ArrayList<>();

  /** Adds what is wrong as it stands. */
  public void add(Place place, String path, String message) {
    found.add(new Problem(place, path, message));
  }

  /** Adds a key or a value that is not there. */
  void addMissing(Place place, String path, String message) {
    missing.add(new Problem(place, path, message));
  }

  /** Adds a key that a section did not ask for. */
  void addUnknown(Section section, String key) {
    unknown.add(new Unknown(section, key));
  }

  /** Remembers a section, whose keys may be found elsewhere. */
  void enter(Section section) {
    sections.add(section);
  }

  /** How many there are so far. */
  public int count() {
    return found.size() + missing.size() + unknown.size();
  }

  /** All of them, in the file's order. */
  public List<Problem> all() {
    List<Problem> all = new ArrayList<>(found);
    Indentation indentation = new Indentation(sections);
    Set<String> elsewhere = new HashSet<>();
    for (Unknown each : unknown) {
      Section section = each.section();
      Optional<Indentation.Home> home = indentation.homeOf(section, each.key());
      home.ifPresent(there -> elsewhere.add(there.path()));
      all.add(
          new Problem(
              section.placeOf(each.key()),
              section.pathOf(each.key()),
              home.map(Indentation.Home::advice).orElseGet(() -> section.unknown(each.key()))));
    }
    missing.stream().filter(each -> !elsewhere.contains(each.path())).forEach(all::add);
    all.sort((one, other) -> one.place().compareTo(other.place()));
    return all;
  }
}
