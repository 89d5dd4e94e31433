package dev.flakerelay.config.yaml;

import java.util.Comparator;

/**
 * A place in a text file, both counted from 1, as editors do.
 *
 * @param line the line; 0 with column 0: the file as a whole
 * @param column the character in the line
 */
public record Place(int line, int column) implements Comparable<Place> {
  /** The file as a whole. */
  public static final Place WHOLE_FILE = new Place(0, 0);

  @Override
  public int compareTo(Place other) {
    return Comparator.comparingInt(Place::line)
        .thenComparingInt(Place::column)
        .compare(this, other);
  }

  /** {@code LINE:COLUMN}. */
  @Override
  public String toString() {
    return line + ":" + column;
  }
}
