package dev.flakerelay.forge.github;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import java.net.URI;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Has GitHub merge pull requests ("enablePullRequestAutoMerge" in its GraphQL documentation), in
 * the first way that the repository allows.
 */
record AutoMerge(GitHubApi api, GitHubRepository repository) {
  private static final List<String> METHODS = List.of("MERGE", "SQUASH", "REBASE");
  private static final String MUTATION =
      """
      mutation($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod!) {
        enablePullRequestAutoMerge(
          input: {pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method}
        ) { clientMutationId }
      }
      """;

  void enable(String id, Revision head) throws JobException {
    String said = "";
    for (String method : METHODS) {
      JsonNode answer =
          api.send(
              "POST",
              address(),
              Map.of(
                  "query",
                  MUTATION,
                  "variables",
                  Map.of("id", id, "head", head.hex(), "method", method)),
              "turn on auto-merge at");
      JsonNode error = answer.path("errors").path(0);
      if (error.isMissingNode()) {
        return;
      }
      said = error.path("message").asString("");
      if (!said.contains("not allowed on this repository") || said.contains("Auto merge")) {
        break;
      }
    }
    throw new PermanentException(
        "could not turn on auto-merge in " + repository + ": " + VisibleText.brief(said));
  }

  /** Enterprise Server has it beside its REST API. */
  private URI address() {
    String api = repository.api().toString();
    return URI.create(
        api.endsWith("/api/v3") ? api.replaceFirst("/v3$", "/graphql") : api + "/graphql");
  }
}
