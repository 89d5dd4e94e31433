package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.Relation;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.BranchComparison;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The history of a branch as GitHub compares it ("Compare two commits" in its REST documentation):
 * two or three small requests, and nothing is fetched. GitHub compares with commits of forks as
 * well, so that a revision counts as one of the branch only beside the branch's head.
 */
final class ComparedHistory implements BranchComparison {
  /** A comparison may take GitHub long, and there is another way to know. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final GitHubRepository repository;
  private final Optional<String> branch;
  private final GitHubApi api;
  private final BranchHeads heads;
  private @Nullable Revision head;

  /**
   * A branch that nothing was asked of so far.
   *
   * @param branch a short name; empty for the repository's default branch
   * @param knownHeads a file where heads are kept; made if it is missing
   * @param deadline no answer is waited for longer
   */
  ComparedHistory(
      GitHubRepository repository,
      Optional<String> branch,
      Access access,
      Path knownHeads,
      Deadline deadline) {
    this.repository = repository;
    this.branch = branch;
    this.api = GitHubApi.reading(access, PATIENCE, deadline);
    this.heads = new BranchHeads(api, knownHeads);
  }

  @Override
  public Relation relation(Revision locked, Revision requested) throws JobException {
    if (locked.equals(requested)) {
      return Relation.SAME;
    }
    if (!has(requested)) {
      return Relation.OFF_BRANCH;
    }
    return switch (compare(requested, locked)) {
      case IDENTICAL -> Relation.SAME;
      case BEHIND -> Relation.NEWER;
      // What came after the requested one may have been taken off the branch since.
      case AHEAD -> has(locked) ? Relation.OLDER : Relation.DIVERGED;
      case DIVERGED -> Relation.DIVERGED;
    };
  }

  @Override
  public boolean has(Revision revision) throws JobException {
    if (head == null) {
      head = heads.of(repository, branch);
    }
    return switch (compare(head, revision)) {
      case IDENTICAL, BEHIND -> true;
      case AHEAD, DIVERGED -> false;
    };
  }

  /** How the second of two commits stands to the first. */
  private Order compare(Revision base, Revision other) throws JobException {
    if (base.equals(other)) {
      return Order.IDENTICAL;
    }
    // The second page has no list of files, and of one commit that may be all.
    URI address = repository.at("/compare/" + base + "..." + other + "?per_page=1&page=2");
    String status = api.get(address, "compare commits of").path("status").asString("");
    return switch (status) {
      case "identical" -> Order.IDENTICAL;
      case "ahead" -> Order.AHEAD;
      case "behind" -> Order.BEHIND;
      case "diverged" -> Order.DIVERGED;
      default ->
          throw new RetryableException(
              "the API of " + repository + " answered with something else than a comparison");
    };
  }

  private enum Order {
    IDENTICAL,
    AHEAD,
    BEHIND,
    DIVERGED
  }

  @Override
  public void close() {
    heads.close();
  }
}
