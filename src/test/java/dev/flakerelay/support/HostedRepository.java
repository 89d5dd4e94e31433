package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.util.Optional;

/**
 * A repository that a forge serves.
 *
 * @param name {@code owner/name}; GitLab's may have groups in between, sourcehut's owner begins
 *     with a tilde
 * @param repository where its commits are, read anew for every request
 * @param token what a request must carry to see it, or empty for a public one
 * @param apps whose tokens open it as well
 */
record HostedRepository(
    String name, TestRepository repository, Optional<String> token, GitHubApps apps) {

  /** The name without its owner. */
  String project() {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** Whether this request may see it. */
  boolean visibleTo(Request request) {
    return token.isEmpty() || token.equals(request.token()) || apps.sees(request, name);
  }

  /** The commit that a branch, tag, {@code HEAD} or id names. */
  Optional<Revision> resolve(String name) {
    Execution found =
        GitCommand.in(repository.directory())
            .attempt("rev-parse", "--quiet", "--verify", "--end-of-options", name + "^{commit}");
    return found.exit() == 0 ? Optional.of(new Revision(found.text().strip())) : Optional.empty();
  }

  /** A commit's files as {@code tar.gz}, all below one folder, their times the commit's. */
  byte[] archive(Revision revision, String folder) {
    return GitCommand.in(repository.directory())
        .attempt("archive", "--format=tar.gz", "--prefix=" + folder + "/", revision.hex())
        .succeeded()
        .output();
  }

  /** Answers Git's own protocol; {@code path} is what follows the repository's name. */
  Answer git(Request request, String path) {
    if (apps.hasEnded(request) || !visibleTo(request)) {
      return Answer.text(401, "authentication required\n")
          .with("WWW-Authenticate", "Basic realm=\"forge\"");
    }
    boolean pushes = path.contains("receive-pack") || request.query().contains("receive-pack");
    if (apps.forbids(request, name, "contents", pushes ? "write" : "read")
        && (pushes || token.isPresent())) {
      return Answer.text(403, "Permission to " + name + ".git denied to relay[bot].\n");
    }
    return GitBackend.answer(request, repository.directory(), path, true);
  }
}
