package dev.flakerelay.local.status;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a browser shows a repository and its commits. */
final class RepositoryPage {
  /** A Git URL that is a page's address as well, and one that names the same server by ssh. */
  private static final Pattern WEB =
      Pattern.compile("https://([A-Za-z0-9.-]+(?::\\d+)?)/([A-Za-z0-9_.~/-]+?)(?:\\.git)?/?");

  private static final Pattern SSH =
      Pattern.compile("(?:ssh://)?git@([A-Za-z0-9.-]+)[:/]([A-Za-z0-9_.~/-]+?)(?:\\.git)?/?");

  /** Hosts that are known to have the same paths for both. */
  private static final Set<String> FORGES =
      Set.of("github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "git.sr.ht");

  private RepositoryPage() {}

  /** The page of a repository, if its URL says where that is. */
  static Optional<String> of(String repository) {
    Matcher web = WEB.matcher(repository);
    if (web.matches()) {
      return Optional.of("https://" + web.group(1) + "/" + web.group(2));
    }
    Matcher ssh = SSH.matcher(repository);
    return ssh.matches() && FORGES.contains(ssh.group(1).toLowerCase(Locale.ROOT))
        ? Optional.of("https://" + ssh.group(1) + "/" + ssh.group(2))
        : Optional.empty();
  }

  /** The page of a commit. */
  static Optional<String> ofCommit(String repository, String commit) {
    return of(repository)
        .map(
            page -> {
              if (page.startsWith("https://gitlab.")) {
                return page + "/-/commit/" + commit;
              }
              return page
                  + (page.startsWith("https://bitbucket.org/") ? "/commits/" : "/commit/")
                  + commit;
            });
  }
}
