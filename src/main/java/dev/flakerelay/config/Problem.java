package dev.flakerelay.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param path where in the file, as {@code routes.nixfleet.targets[0].branch}; empty: the file as a
 *     whole
 * @param message what is wrong and what to write; never a secret's value
 */
public record Problem(String path, String message) {
  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
