package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.CommitStatus;
import dev.flakerelay.forge.Statuses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Statuses at GitHub ("REST API endpoints for commit statuses" in its documentation). The token
 * needs the permission to write commit statuses.
 */
final class CommitStatuses implements Statuses {
  private final GitHubRepository repository;
  private final GitHubApi api;

  CommitStatuses(GitHubRepository repository, Access access, Deadline deadline) {
    this.repository = repository;
    this.api = GitHubApi.authorized(access, deadline);
  }

  @Override
  public void set(Revision commit, CommitStatus status) throws JobException {
    Map<String, String> request = new LinkedHashMap<>();
    request.put("state", status.state().key());
    request.put("context", status.context());
    request.put("description", status.description());
    status.target().ifPresent(page -> request.put("target_url", page));
    var _ =
        api.send("POST", repository.at("/statuses/" + commit.hex()), request, "write a status to");
  }

  @Override
  public List<CommitStatus> of(Revision commit, String context) throws JobException {
    JsonNode all =
        api.get(
            repository.at("/commits/" + commit.hex() + "/statuses?per_page=100"),
            "read the statuses of");
    List<CommitStatus> found = new ArrayList<>();
    for (JsonNode each : all) {
      if (each.path("context").asString("").equals(context)) {
        found.add(
            new CommitStatus(
                CommitStatus.State.of(each.path("state").asString("")),
                context,
                each.path("description").asString(""),
                each.path("target_url").asStringOpt().filter(page -> !page.isEmpty())));
      }
    }
    return List.copyOf(found);
  }

  @Override
  public void close() {
    api.close();
  }
}
