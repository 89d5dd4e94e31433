package dev.flakerelay.lock.egress;

import java.util.List;
import java.util.Locale;

/**
 * A repository on a host, whatever way it is fetched.
 *
 * @param host lower case, without port; a forge's main name, also for its API and its archives
 * @param path such as {@code owner/name} or {@code group/subgroup/name}, without {@code .git}
 */
public record RepositoryAddress(String host, String path) {
  /**
   * The repository at a path of a Git URL.
   *
   * @param path with or without {@code .git} and slashes around it
   */
  static RepositoryAddress at(String host, String path) {
    return new RepositoryAddress(
        host.toLowerCase(Locale.ROOT), path.replaceAll("^/+|/+$", "").replaceFirst("\\.git$", ""));
  }

  /** Reads {@code host/owner/name}, as {@code network.private} has it. */
  static RepositoryAddress of(String text) {
    int slash = text.indexOf('/');
    return at(text.substring(0, slash), text.substring(slash));
  }

  /** The same for hosts that tell no upper from lower case. */
  RepositoryAddress folded() {
    return new RepositoryAddress(host, path.toLowerCase(Locale.ROOT));
  }

  /** Whether a host is a forge's: its site, its API, or where its archives are. */
  public static boolean belongs(String host, String forge) {
    return List.of(forge, "api." + forge, "codeload." + forge).contains(host);
  }

  @Override
  public String toString() {
    return host + "/" + path;
  }
}
