package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A repository that a forge serves.
 *
 * @param name {@code owner/name}; GitLab's may have groups in between, sourcehut's owner begins
 *     with a tilde
 * @param repository where its commits are, read anew for every request
 * @param token what a request must carry to see it, or empty for a public one
 * @param apps whose tokens open it as well
 * @param made the archive that was asked for last: forges keep what they have made
 */
record HostedRepository(
    String name,
    TestRepository repository,
    Optional<String> token,
    GitHubApps apps,
    AtomicReference<Archive> made) {

  HostedRepository(
      String name, TestRepository repository, Optional<String> token, GitHubApps apps) {
    this(name, repository, token, apps, new AtomicReference<>());
  }

  /**
   * A commit's files as {@code tar.gz}.
   *
   * @param key the commit and the folder that all are in
   */
  // The array is sent, never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Archive(String key, byte[] bytes) {}

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
    String key = revision + "/" + folder;
    Archive known = made.get();
    if (known == null || !known.key().equals(key)) {
      byte[] bytes =
          GitCommand.in(repository.directory())
              .attempt("archive", "--format=tar.gz", "--prefix=" + folder + "/", revision.hex())
              .succeeded()
              .output();
      known = new Archive(key, bytes);
      made.set(known);
    }
    return known.bytes();
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
