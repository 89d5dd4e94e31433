package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.BranchComparison;
import dev.flakerelay.forge.CommitApi;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.forge.Proposals;
import dev.flakerelay.forge.Statuses;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A repository on GitHub, by its REST API.
 *
 * @param knownHeads a file where heads are kept; made if it is missing
 * @param deadline no answer is waited for longer
 */
public record GitHub(GitHubRepository repository, Access access, Path knownHeads, Deadline deadline)
    implements Forge {

  @Override
  public Revision head(Optional<String> branch) throws JobException {
    try (BranchHeads heads = new BranchHeads(access, knownHeads, deadline)) {
      return heads.of(repository, branch);
    }
  }

  @Override
  public BranchComparison compare(Optional<String> branch) {
    return new ComparedHistory(repository, branch, access, knownHeads, deadline);
  }

  /** "Get rules for a branch"; older protection of branches is shown to administrators only. */
  @Override
  public boolean takesOnlySigned(String branch) throws JobException {
    String name = URLEncoder.encode(branch, StandardCharsets.UTF_8).replace("+", "%20");
    try (GitHubApi api = GitHubApi.authorized(access, deadline)) {
      for (JsonNode rule : api.get(repository.at("/rules/branches/" + name), "read the rules of")) {
        if (rule.path("type").asString("").equals("required_signatures")) {
          return true;
        }
      }
      return false;
    }
  }

  @Override
  public Optional<CommitApi> commits() {
    return Optional.of(new GitData(repository, access, deadline));
  }

  @Override
  public Proposals proposals() {
    return new PullRequests(repository, access, deadline);
  }

  @Override
  public Statuses statuses() {
    return new CommitStatuses(repository, access, deadline);
  }
}
