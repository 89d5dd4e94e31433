package dev.flakerelay.config.name;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells a repository's address from others of its forge, which a browser shows just as well: an
 * account, a file, a pull request.
 */
final class ForgePage {
  /** Where a repository is {@code /OWNER/NAME}, and never deeper. */
  private static final Set<String> OWNER_AND_NAME =
      Set.of("github.com", "codeberg.org", "bitbucket.org", "git.sr.ht");

  /** Hosts of a forge that have no Git repositories, and the one that has. */
  private static final Map<String, String> BESIDE =
      Map.of(
          "www.github.com", "github.com",
          "api.github.com", "github.com",
          "codeload.github.com", "github.com",
          "raw.githubusercontent.com", "github.com",
          "www.gitlab.com", "gitlab.com");

  /** What stands between a repository and a page of it, at any forge. */
  private static final Set<String> PAGES =
      Set.of("tree", "blob", "raw", "commit", "commits", "pull", "issues", "merge_requests");

  private ForgePage() {}

  /**
   * Refuses what is no repository's address.
   *
   * @param before what stands before the path, as {@code https://github.com/} or {@code
   *     git@github.com:}
   * @param host in lower case
   * @throws IllegalArgumentException saying what it is and what to write
   */
  static void refuse(String before, String host, String path) {
    List<String> parts =
        Arrays.stream(path.split("/", -1)).filter(part -> !part.isEmpty()).toList();
    String serving = BESIDE.get(host);
    if (serving != null) {
      throw new IllegalArgumentException(
          "no repositories are served at "
              + host
              + ": write for example https://"
              + serving
              + "/owner/name.git");
    }
    boolean flat = OWNER_AND_NAME.contains(host);
    if ((flat || host.equals("gitlab.com")) && parts.size() == 1) {
      throw new IllegalArgumentException(
          "an account, not a repository: write " + address(before, host, parts.getFirst(), "NAME"));
    }
    int end = flat ? Math.min(2, parts.size()) : endOfRepository(parts);
    if (end < parts.size()) {
      String owner = String.join("/", parts.subList(0, end - 1));
      throw new IllegalArgumentException(
          "a page of the repository, not the repository: write "
              + address(before, host, owner, parts.get(end - 1)));
    }
  }

  /** How many parts of a path are a repository's, where groups may be nested. */
  private static int endOfRepository(List<String> parts) {
    int dash = parts.indexOf("-"); // GitLab's mark, which no group and no repository is called by
    if (dash >= 2) {
      return dash;
    }
    boolean page =
        parts.size() > 3 && PAGES.contains(parts.get(2)) && !parts.getLast().endsWith(".git");
    return page ? 2 : parts.size();
  }

  private static String address(String before, String host, String owner, String name) {
    String ending = host.equals("git.sr.ht") || name.endsWith(".git") ? "" : ".git";
    return before + owner + "/" + name + ending;
  }
}
