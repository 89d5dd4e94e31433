package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.OpenProposal;
import dev.flakerelay.forge.Proposals;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The pull requests of one repository ("REST API endpoints for pull requests" in GitHub's
 * documentation). The token needs the permission to write pull requests.
 */
public final class PullRequests implements Proposals {
  private final GitHubRepository repository;
  private final GitHubApi api;

  /** Opens a connection, over the proxy and with the certificates that are this process's own. */
  public PullRequests(GitHubRepository repository, Access access, Deadline deadline) {
    this.repository = repository;
    this.api = GitHubApi.authorized(access, deadline);
  }

  @Override
  public Optional<OpenProposal> find(String head, String base) throws JobException {
    String query =
        "?state=open&head="
            + encoded(repository.owner() + ":" + head)
            + "&base="
            + encoded(base)
            + "&per_page=1";
    JsonNode found = api.get(repository.at("/pulls" + query), "look for a pull request of");
    if (!found.isArray()) {
      throw strange("a list of pull requests");
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(read(found.get(0)));
  }

  @Override
  public OpenProposal create(String head, String base, String title, String body)
      throws JobException {
    Map<String, String> request = Map.of("head", head, "base", base, "title", title, "body", body);
    return read(api.send("POST", repository.at("/pulls"), request, "open a pull request on"));
  }

  @Override
  public OpenProposal change(OpenProposal old, String title, String body) throws JobException {
    Map<String, String> request = Map.of("title", title, "body", body);
    return read(
        api.send(
            "PATCH",
            repository.at("/pulls/" + old.number()),
            request,
            "change pull request " + old.number() + " of"));
  }

  @Override
  public void label(OpenProposal open, List<String> labels) throws JobException {
    var _ =
        api.send(
            "POST",
            repository.at("/issues/" + open.number() + "/labels"),
            Map.of("labels", labels),
            "label pull request " + open.number() + " of");
  }

  @Override
  public void requestReviews(OpenProposal open, List<String> accounts, List<String> teams)
      throws JobException {
    var _ =
        api.send(
            "POST",
            repository.at("/pulls/" + open.number() + "/requested_reviewers"),
            Map.of("reviewers", accounts, "team_reviewers", teams),
            "ask for reviews of pull request " + open.number() + " of");
  }

  @Override
  public void mergeWhenReady(OpenProposal open, Revision head) throws JobException {
    JsonNode pull =
        api.get(
            repository.at("/pulls/" + open.number()), "read pull request " + open.number() + " of");
    if (!pull.path("auto_merge").isObject()) {
      new AutoMerge(api, repository).enable(pull.path("node_id").asString(""), head);
    }
  }

  @Override
  public void comment(OpenProposal open, String text) throws JobException {
    URI comments = repository.at("/issues/" + open.number() + "/comments");
    String intent = "comment on pull request " + open.number() + " of";
    for (JsonNode each : api.get(URI.create(comments + "?per_page=100"), intent)) {
      if (each.path("body").asString("").strip().equals(text.strip())) {
        return;
      }
    }
    var _ = api.send("POST", comments, Map.of("body", text), intent);
  }

  @Override
  public void withdraw(OpenProposal open) throws JobException {
    var _ =
        api.send(
            "PATCH",
            repository.at("/pulls/" + open.number()),
            Map.of("state", "closed"),
            "close pull request " + open.number() + " of");
  }

  private OpenProposal read(JsonNode json) throws RetryableException {
    int number = json.path("number").asInt(0);
    String url = json.path("html_url").asString("");
    if (number <= 0 || url.isEmpty()) {
      throw strange("a pull request");
    }
    List<String> labels = new ArrayList<>();
    json.path("labels").forEach(each -> labels.add(each.path("name").asString("")));
    return new OpenProposal(
        number,
        url,
        json.path("title").asString(""),
        json.path("body").asString(""),
        List.copyOf(labels));
  }

  private RetryableException strange(String wanted) {
    return new RetryableException(
        "the API of " + repository + " answered with something else than " + wanted);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    api.close();
  }
}
