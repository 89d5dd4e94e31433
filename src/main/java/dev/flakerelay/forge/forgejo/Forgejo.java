package dev.flakerelay.forge.forgejo;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.ForgeHosts;
import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.BranchComparison;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.forge.Proposals;
import dev.flakerelay.forge.Statuses;
import java.util.Optional;

/**
 * A repository on a Forgejo or Gitea server, by its REST API.
 *
 * @param deadline no answer is waited for longer
 */
public record Forgejo(ForgeHosts.Place place, Access access, Deadline deadline) implements Forge {

  @Override
  public Revision head(Optional<String> branch) throws JobException {
    try (ForgejoApi api = open()) {
      return head(api, branch);
    }
  }

  static Revision head(ForgejoApi api, Optional<String> branch) throws JobException {
    String intent = "ask for the head of";
    String name =
        branch.isPresent() ? branch.get() : api.get("", intent).path("default_branch").asString("");
    String id =
        api.get("/branches/" + ForgejoApi.encoded(name), intent)
            .path("commit")
            .path("id")
            .asString("");
    return Revision.find(id).orElseThrow(() -> api.strange("a branch"));
  }

  @Override
  public BranchComparison compare(Optional<String> branch) {
    return new ComparedBranch(open(), branch);
  }

  @Override
  public Proposals proposals() {
    return new PullRequests(open());
  }

  @Override
  public Statuses statuses() {
    return new CommitStatuses(open());
  }

  private ForgejoApi open() {
    return new ForgejoApi(place, access, deadline);
  }
}
