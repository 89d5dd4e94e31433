package dev.flakerelay.forge.forgejo;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.OpenProposal;
import dev.flakerelay.forge.Proposals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Pull requests: like GitHub's, but labels have numbers and a merge is asked for at once. */
record PullRequests(ForgejoApi api) implements Proposals {
  private static final int PAGES = 20;
  private static final int PAGE = 50;
  private static final String COLOR = "#0366d6";

  @Override
  public Optional<OpenProposal> find(String head, String base) throws JobException {
    String intent = "look for a pull request of";
    for (int page = 1; page <= PAGES; page++) {
      JsonNode pulls = api.get("/pulls?state=open&limit=" + PAGE + "&page=" + page, intent);
      if (!pulls.isArray()) {
        throw api.strange("a list of pull requests");
      }
      for (JsonNode each : pulls) {
        boolean here = each.at("/head/repo_id").asLong(0) == each.at("/base/repo_id").asLong(0);
        if (here
            && each.at("/head/ref").asString("").equals(head)
            && each.at("/base/ref").asString("").equals(base)) {
          return Optional.of(read(each));
        }
      }
      if (pulls.isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  @Override
  public OpenProposal create(String head, String base, String title, String body)
      throws JobException {
    Map<String, String> request = Map.of("head", head, "base", base, "title", title, "body", body);
    return read(api.send("POST", "/pulls", request, "open a pull request on"));
  }

  @Override
  public OpenProposal change(OpenProposal old, String title, String body) throws JobException {
    Map<String, String> request = Map.of("title", title, "body", body);
    return read(api.send("PATCH", "/pulls/" + old.number(), request, about("change", old)));
  }

  @Override
  public void label(OpenProposal open, List<String> labels) throws JobException {
    Map<String, Long> known = new HashMap<>();
    for (JsonNode each : api.get("/labels?limit=" + PAGE, "read the labels of")) {
      known.put(each.path("name").asString(""), each.path("id").asLong());
    }
    List<Long> ids = new ArrayList<>();
    for (String label : labels) {
      Long id = known.get(label);
      ids.add(id == null ? made(label) : id);
    }
    var _ =
        api.send(
            "POST",
            "/issues/" + open.number() + "/labels",
            Map.of("labels", ids),
            about("label", open));
  }

  private long made(String label) throws JobException {
    return api.send("POST", "/labels", Map.of("name", label, "color", COLOR), "make a label in")
        .path("id")
        .asLong();
  }

  @Override
  public void requestReviews(OpenProposal open, List<String> accounts, List<String> teams)
      throws JobException {
    var _ =
        api.send(
            "POST",
            "/pulls/" + open.number() + "/requested_reviewers",
            Map.of("reviewers", accounts, "team_reviewers", teams),
            about("ask for reviews of", open));
  }

  @Override
  public void mergeWhenReady(OpenProposal open, Revision head) throws JobException {
    Map<String, Object> request =
        Map.of("Do", "merge", "merge_when_checks_succeed", true, "head_commit_id", head.hex());
    var _ =
        api.send(
            "POST",
            "/pulls/" + open.number() + "/merge",
            request,
            about("turn on auto-merge of", open));
  }

  @Override
  public void comment(OpenProposal open, String text) throws JobException {
    String path = "/issues/" + open.number() + "/comments";
    for (JsonNode each : api.get(path, about("read the comments of", open))) {
      if (each.path("body").asString("").strip().equals(text.strip())) {
        return;
      }
    }
    var _ = api.send("POST", path, Map.of("body", text), about("comment on", open));
  }

  @Override
  public void withdraw(OpenProposal open) throws JobException {
    var _ =
        api.send(
            "PATCH", "/pulls/" + open.number(), Map.of("state", "closed"), about("close", open));
  }

  private static String about(String intent, OpenProposal open) {
    return intent + " pull request " + open.number() + " of";
  }

  private OpenProposal read(JsonNode json) throws JobException {
    int number = json.path("number").asInt(0);
    String url = json.path("html_url").asString("");
    if (number <= 0 || url.isEmpty()) {
      throw api.strange("a pull request");
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

  @Override
  public void close() {
    api.close();
  }
}
