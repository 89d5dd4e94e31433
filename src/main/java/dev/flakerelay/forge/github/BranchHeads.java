package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The newest commits of branches: one request each ("Get a commit" in GitHub's REST documentation,
 * with the media type that answers with the commit's id alone). What was answered is kept in a file
 * together with its entity tag, so that a branch that did not move costs nothing of the rate limit.
 */
public final class BranchHeads implements AutoCloseable {
  private static final String COMMIT_ID = "application/vnd.github.sha";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final GitHubApi api;
  private final KnownHeads known;

  /**
   * Asks of one repository, with a token if it is private.
   *
   * @param file where answers are kept; made if it is missing
   * @param deadline no answer is waited for longer
   */
  public BranchHeads(Access access, Path file, Deadline deadline) {
    this(GitHubApi.reading(access, PATIENCE, deadline), file);
  }

  /** Asks over a connection that is closed with this. */
  BranchHeads(GitHubApi api, Path file) {
    this.api = api;
    this.known = KnownHeads.in(file);
  }

  /**
   * The newest commit of a branch.
   *
   * @param branch a short name; empty for the repository's default branch
   * @throws JobException if GitHub refuses, could not be asked, or wants to be asked later
   */
  public Revision of(GitHubRepository repository, Optional<String> branch) throws JobException {
    URI address = repository.at("/commits/" + branch.map(BranchHeads::reference).orElse("HEAD"));
    Optional<KnownHeads.Head> last = known.at(address);
    Optional<GitHubApi.Tagged> answer =
        api.getUnlessKnown(
            address, COMMIT_ID, last.map(KnownHeads.Head::tag), "ask for the head of");
    if (answer.isEmpty()) {
      return last.orElseThrow().revision();
    }
    Revision head = revision(answer.get().text(), repository);
    answer.get().tag().ifPresent(tag -> known.keep(address, new KnownHeads.Head(tag, head)));
    return head;
  }

  /** A tag, or a commit's first digits, may have the branch's name. */
  private static String reference(String branch) {
    return Arrays.stream(("heads/" + branch).split("/", -1))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }

  private static Revision revision(String text, GitHubRepository repository)
      throws RetryableException {
    try {
      return Revision.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RetryableException(
          "the API of " + repository + " answered with something else than a commit's id", e);
    }
  }

  @Override
  public void close() {
    api.close();
  }
}
