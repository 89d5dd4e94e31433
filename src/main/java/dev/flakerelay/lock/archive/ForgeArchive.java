package dev.flakerelay.lock.archive;

import dev.flakerelay.Revision;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Where a forge has the archive of a commit, as nix asks for it. */
final class ForgeArchive {
  private static final Pattern NAME = Pattern.compile("[\\w.~+-]{1,200}");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}");

  private ForgeArchive() {}

  /**
   * The address.
   *
   * @param reference what flake.nix asks for, as an object
   * @return empty if it is on no forge, or has a name that is not plain
   */
  static Optional<URI> of(JsonNode reference, Revision revision) {
    String type = reference.path("type").asString("");
    String owner = reference.path("owner").asString("").replaceAll("%2[Ff]", "/");
    String repository = reference.path("repo").asString("");
    String host = reference.path("host").asString("");
    boolean isPlain =
        NAME.matcher(repository).matches()
            && (host.isEmpty() || HOST.matcher(host).matches())
            && Pattern.matches(NAME + (type.equals("gitlab") ? "(?:/" + NAME + ")*" : ""), owner);
    if (!isPlain) {
      return Optional.empty();
    }
    return switch (type) {
      case "github" ->
          Optional.of(
              host.isEmpty() || host.equals("github.com")
                  ? URI.create(
                      "https://github.com/%s/%s/archive/%s.tar.gz"
                          .formatted(owner, repository, revision))
                  : URI.create(
                      "https://%s/api/v3/repos/%s/%s/tarball/%s"
                          .formatted(host, owner, repository, revision)));
      case "gitlab" ->
          Optional.of(
              URI.create(
                  "https://%s/api/v4/projects/%s%%2F%s/repository/archive.tar.gz?sha=%s"
                      .formatted(
                          host.isEmpty() ? "gitlab.com" : host,
                          owner.replace("/", "%2F"),
                          repository,
                          revision)));
      case "sourcehut" ->
          Optional.of(
              URI.create(
                  "https://%s/%s/%s/archive/%s.tar.gz"
                      .formatted(
                          host.isEmpty() ? "git.sr.ht" : host, owner, repository, revision)));
      default -> Optional.empty();
    };
  }
}
