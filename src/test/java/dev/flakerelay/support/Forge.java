package dev.flakerelay.support;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One forge's web site and API, and the repositories on it. */
abstract sealed class Forge
    permits GitHubForge, ForgejoForge, GitLabForge, SourcehutForge, PlainGitForge {
  private final Map<String, HostedRepository> repositories = new ConcurrentHashMap<>();

  /** Answers a request for one of the forge's hosts. */
  abstract Answer answer(Request request);

  /** Serves a repository, in place of one of the same name. */
  void host(HostedRepository repository) {
    repositories.put(repository.name().toLowerCase(Locale.ROOT), repository);
  }

  /** The repository of this name, in any case, whether the request may see it or not. */
  Optional<HostedRepository> find(String name) {
    return Optional.ofNullable(repositories.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The repository of this name, as the request sees it: none if it is private. */
  Optional<HostedRepository> visible(String name, Request request) {
    return find(name).filter(repository -> repository.visibleTo(request));
  }

  /**
   * Answers Git's own protocol below {@code https://HOST/NAME} or {@code https://HOST/NAME.git}.
   */
  Answer git(Request request) {
    String path = request.path();
    for (String end :
        new String[] {"/info/refs", "/git-upload-pack", "/git-receive-pack", "/HEAD"}) {
      if (path.endsWith(end)) {
        String name = path.substring(1, path.length() - end.length()).replaceFirst("\\.git$", "");
        Optional<HostedRepository> found = find(name);
        if (found.isPresent()) {
          return found.get().git(request, end);
        }
      }
    }
    return notFound();
  }

  static Answer notFound() {
    return Answer.text(404, "404: Not Found");
  }

  /** The answer that carries an archive. */
  static Answer archive(byte[] tarball, String type, String fileName) {
    return new Answer(
        200,
        Map.of("Content-Type", type, "Content-Disposition", "attachment; filename=" + fileName),
        tarball);
  }
}
