package dev.flakerelay.lock.egress;

import java.net.URI;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What Git may run over ssh: user, host, port and command, in the very words that it writes, such
 * as {@code git@github.com:22 git-upload-pack '/owner/name.git'}.
 */
final class SshCommands {
  private final Set<String> commands = new TreeSet<>();

  /** Lets the repository at a URL be fetched. */
  void permit(URI url) {
    permit(destination(url), url.getPath());
  }

  /**
   * Lets a repository be fetched, with {@code .git} and without.
   *
   * @param destination user, host and port
   */
  void permit(String destination, String path) {
    String name = path.replaceAll("^/+|/+$", "").replaceFirst("\\.git$", "");
    // Git writes these otherwise: what it writes then is not found here.
    if (!name.matches(".*['!\\p{Cntrl}].*")) {
      Stream.of("", ".git", "/")
          .forEach(end -> commands.add(command(destination, "/" + name + end)));
    }
  }

  /** Whether the repository at a URL may be fetched. */
  boolean permits(URI url) {
    return commands.contains(command(destination(url), url.getPath()));
  }

  /** Every command, each on one line. */
  Set<String> all() {
    return commands;
  }

  private static String destination(URI url) {
    return (url.getUserInfo() == null ? "" : url.getUserInfo() + "@")
        + url.getHost()
        + ":"
        + (url.getPort() < 0 ? 22 : url.getPort());
  }

  /** A path in a user's home folder begins with its tilde. */
  private static String command(String destination, String path) {
    return destination
        + " git-upload-pack '"
        + (path.startsWith("/~") ? path.substring(1) : path)
        + "'";
  }
}
