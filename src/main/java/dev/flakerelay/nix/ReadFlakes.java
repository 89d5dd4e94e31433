package dev.flakerelay.nix;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was read from flake.nix files, by their bytes: a release seldom changes its own, and nix
 * takes some 50 ms to parse one. Thread-safe.
 */
final class ReadFlakes {
  private static final int MOST = 100;

  /** Of longer ones few are kept, if many are sent. */
  private static final int MOST_BYTES = 64 * 1024;

  private final Map<Place, FlakeInputs> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, FlakeInputs> eldest) {
          return size() > MOST;
        }
      };

  /** What a flake.nix says of its inputs; empty if it was not read, or not lately. */
  synchronized Optional<FlakeInputs> get(Place place) {
    return Optional.ofNullable(known.get(place));
  }

  /** Keeps what it says. */
  synchronized void put(Place place, FlakeInputs inputs) {
    if (place.text().remaining() <= MOST_BYTES) {
      known.put(place, inputs);
    }
  }

  /**
   * A flake.nix in its source.
   *
   * @param text its bytes
   * @param file its path, which literals are relative to, after all symbolic links
   * @param folder the flake's
   */
  record Place(ByteBuffer text, String file, String folder) {}
}
