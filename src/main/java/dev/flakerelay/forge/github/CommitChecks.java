package dev.flakerelay.forge.github;

import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.CheckResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Check runs and statuses of a commit at GitHub ("REST API endpoints for check runs", "REST API
 * endpoints for commit statuses").
 */
final class CommitChecks {
  private static final int PAGE = 100;
  private static final int MOST_PAGES = 10;
  private static final Set<String> GOOD = Set.of("success", "neutral", "skipped");

  private final GitHubRepository repository;
  private final GitHubApi api;
  private final List<String> succeeded = new ArrayList<>();
  private final List<String> pending = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();

  CommitChecks(GitHubRepository repository, GitHubApi api) {
    this.repository = repository;
    this.api = api;
  }

  CheckResults of(Revision commit) throws JobException {
    for (JsonNode run : all(commit, "/check-runs?filter=latest&", "check_runs")) {
      boolean ended = run.path("status").asString("").equals("completed");
      add(run.path("name").asString(""), ended ? run.path("conclusion").asString("") : "pending");
    }
    for (JsonNode status : all(commit, "/status?", "statuses")) {
      String context = status.path("context").asString("");
      if (!context.startsWith(CheckResults.OWN)) {
        add(context, status.path("state").asString(""));
      }
    }
    return new CheckResults(List.copyOf(succeeded), List.copyOf(pending), List.copyOf(failed));
  }

  private void add(String name, String state) {
    (GOOD.contains(state) ? succeeded : state.equals("pending") ? pending : failed).add(name);
  }

  private List<JsonNode> all(Revision commit, String path, String list) throws JobException {
    List<JsonNode> all = new ArrayList<>();
    for (int page = 1; page <= MOST_PAGES; page++) {
      JsonNode answer =
          api.get(
              repository.at(
                  "/commits/" + commit.hex() + path + "per_page=" + PAGE + "&page=" + page),
              "read the checks of");
      JsonNode part = answer.path(list);
      if (!part.isArray()) {
        throw new RetryableException(
            "the API of " + repository + " answered with something else than checks");
      }
      part.forEach(all::add);
      if (part.size() < PAGE) {
        return all;
      }
    }
    throw new RetryableException(
        commit.hex() + " has more than " + PAGE * MOST_PAGES + " checks at " + repository);
  }
}
