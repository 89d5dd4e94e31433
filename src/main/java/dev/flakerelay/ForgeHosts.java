package dev.flakerelay;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which forge is at which host: decided here, and nowhere else.
 *
 * @param named what the configuration says, by host in lower case, with the port where the URL has
 *     one
 */
public record ForgeHosts(Map<String, ForgeKind> named) {
  /** What names alone tell. */
  public static final ForgeHosts DEFAULT = new ForgeHosts(Map.of());

  private static final Map<String, ForgeKind> KNOWN =
      Map.of(
          "github.com", ForgeKind.GITHUB,
          "codeberg.org", ForgeKind.FORGEJO,
          "gitea.com", ForgeKind.GITEA,
          "gitlab.com", ForgeKind.GIT,
          "bitbucket.org", ForgeKind.GIT,
          "git.sr.ht", ForgeKind.GIT);

  private static final String GHE = ".ghe.com";

  private static final Pattern OWNER_AND_NAME =
      Pattern.compile("/([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+?)(?:\\.git)?/?");

  /** Keeps a copy. */
  public ForgeHosts {
    named = Map.copyOf(new HashMap<>(named));
  }

  /**
   * A repository on a forge.
   *
   * @param host in lower case, with the port where the URL has one
   * @param owner the account
   * @param name without {@code .git}
   */
  public record Place(String host, String owner, String name) {
    /** Where a browser shows it, without a slash at the end. */
    public String page() {
      return "https://" + host + "/" + owner + "/" + name;
    }

    /** The page of a commit: the same at GitHub and Forgejo. */
    public String commit(Revision revision) {
      return page() + "/commit/" + revision.hex();
    }

    /** The page that compares two commits: the same at GitHub and Forgejo. */
    public String compare(Revision from, Revision to) {
      return page() + "/compare/" + from.hex() + "..." + to.hex();
    }

    /** Whether the host has this name, whatever its port. */
    public boolean isAt(String hostName) {
      return host.equals(hostName);
    }
  }

  /**
   * Where a repository is.
   *
   * @param gitUrl any Git URL
   * @return empty if it is not {@code https://HOST/OWNER/NAME}
   */
  public static Optional<Place> place(String gitUrl) {
    try {
      URI url = new URI(gitUrl);
      Matcher path = OWNER_AND_NAME.matcher(String.valueOf(url.getRawPath()));
      if (!"https".equals(url.getScheme()) || url.getHost() == null || !path.matches()) {
        return Optional.empty();
      }
      String host = url.getHost().toLowerCase(Locale.ROOT);
      String server = url.getPort() < 0 ? host : host + ":" + url.getPort();
      return Optional.of(new Place(server, path.group(1), path.group(2)));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** What is at a host; empty if that can't be told. */
  public Optional<ForgeKind> kind(String host) {
    ForgeKind said = named.get(host);
    return said == null && host.endsWith(GHE)
        ? Optional.of(ForgeKind.GITHUB)
        : Optional.ofNullable(said == null ? KNOWN.get(host) : said);
  }

  /** Where a repository is, if its forge is known to have an API. */
  public Optional<Place> known(String gitUrl) {
    return place(gitUrl)
        .filter(each -> kind(each.host()).filter(kind -> kind != ForgeKind.GIT).isPresent());
  }

  /** Whether a repository can have pull requests: a host that nobody names may be GitHub's. */
  public boolean mayHavePullRequests(String gitUrl) {
    return place(gitUrl)
        .filter(each -> kind(each.host()).orElse(ForgeKind.GITHUB) != ForgeKind.GIT)
        .isPresent();
  }
}
