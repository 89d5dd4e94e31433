package dev.flakerelay.config.yaml;

import java.nio.file.Path;

/**
 * One thing that is wrong with the configuration.
 *
 * @param place of the key or value that is wrong; of what is missing, where it should be added
 * @param path which key, as {@code routes.nixfleet.targets[0].branch}; empty: the file as a whole
 * @param message what is wrong and what to write; never a secret's value
 */
public record Problem(Place place, String path, String message) {
  /** {@code FILE:LINE:COLUMN: path: message}, as editors and terminals find their way by. */
  public String in(Path file) {
    return file + (place.equals(Place.WHOLE_FILE) ? "" : ":" + place) + ": " + this;
  }

  /** {@code path: message}. */
  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
