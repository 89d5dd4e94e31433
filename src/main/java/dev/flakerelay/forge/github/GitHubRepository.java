package dev.flakerelay.forge.github;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository on github.com or on a GitHub Enterprise Server.
 *
 * @param api where the host's REST API begins, without a slash at the end
 * @param owner the account
 * @param name the repository, without {@code .git}
 */
public record GitHubRepository(URI api, String owner, String name) {
  private static final Pattern URL =
      Pattern.compile(
          "https://(?<host>[A-Za-z0-9.-]+(?::\\d{1,5})?)"
              + "/(?<owner>[A-Za-z0-9_.-]+)/(?<name>[A-Za-z0-9_.-]+?)(?:\\.git)?/?");

  /**
   * The repository behind a Git URL. The API's address is that of "Getting started with the REST
   * API" for github.com, for GHE.com, and for GitHub Enterprise Server; whether the host is one of
   * the latter can't be seen from its name.
   *
   * @param gitUrl such as {@code https://github.com/owner/name.git}
   * @return empty if it is not {@code https://HOST/OWNER/NAME}
   */
  public static Optional<GitHubRepository> of(String gitUrl) {
    Matcher url = URL.matcher(gitUrl);
    if (!url.matches()) {
      return Optional.empty();
    }
    URI api = apiOf(url.group("host").toLowerCase(Locale.ROOT));
    return Optional.of(new GitHubRepository(api, url.group("owner"), url.group("name")));
  }

  /** Where a host's REST API begins. */
  static URI apiOf(String host) {
    return URI.create(
        host.equals("github.com") || host.endsWith(".ghe.com")
            ? "https://api." + host
            : "https://" + host + "/api/v3");
  }

  /** An address in the API. */
  URI api(String path) {
    return URI.create(api + path);
  }

  /** The address of something of the repository in the API. */
  URI at(String path) {
    return URI.create(api + "/repos/" + owner + "/" + name + path);
  }

  @Override
  public String toString() {
    return owner + "/" + name + " at " + api.getHost();
  }
}
