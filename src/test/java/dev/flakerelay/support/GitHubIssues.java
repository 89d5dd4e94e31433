package dev.flakerelay.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What GitHub keeps beside a pull request: labels, comments, reviewers, and whether it is to be
 * merged ("enablePullRequestAutoMerge" of its GraphQL API).
 */
public final class GitHubIssues {
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, List<String>> labels = new ConcurrentHashMap<>();
  private final Map<String, List<String>> comments = new ConcurrentHashMap<>();
  private final Map<String, List<String>> reviewers = new ConcurrentHashMap<>();
  private final Map<String, String> merges = new ConcurrentHashMap<>();
  private volatile boolean autoMergeAllowed = true;

  /** The labels of a pull request. */
  public List<String> labels(int number) {
    return of(labels, Integer.toString(number));
  }

  /** The comments on a pull request. */
  public List<String> comments(int number) {
    return of(comments, Integer.toString(number));
  }

  /** Who is asked for a review, teams with a leading {@code team:}. */
  public List<String> reviewers(int number) {
    return of(reviewers, Integer.toString(number));
  }

  /** The head that a pull request is to be merged at; empty if it is not. */
  public String mergesAt(int number) {
    return merges.getOrDefault("PR_" + number, "");
  }

  /** The repository's setting "Allow auto-merge" is off. */
  public void refuseAutoMerge() {
    autoMergeAllowed = false;
  }

  private static List<String> of(Map<String, List<String>> kept, String number) {
    return kept.computeIfAbsent(number, _ -> new CopyOnWriteArrayList<>());
  }

  /** {@code /repos/OWNER/NAME/issues/…}. */
  Answer issues(Request request, String rest) {
    String number = rest.replaceFirst("/.*", "");
    JsonNode body =
        request.method().equals("GET") ? JSON.createObjectNode() : JSON.readTree(request.body());
    return switch (request.method() + " " + rest.replaceFirst("^[^/]*/", "")) {
      case "POST labels" -> {
        body.path("labels").forEach(each -> of(labels, number).add(each.asString()));
        yield Answer.json(200, named("name", of(labels, number)));
      }
      case "GET comments" -> Answer.json(200, named("body", of(comments, number)));
      case "POST comments" -> {
        of(comments, number).add(body.path("body").asString());
        yield Answer.json(201, Map.of("id", 1));
      }
      default -> GitHubForge.message(404, "Not Found");
    };
  }

  static List<Map<String, String>> named(String key, List<String> values) {
    List<Map<String, String>> all = new ArrayList<>();
    values.forEach(each -> all.add(Map.of(key, each)));
    return all;
  }

  /** {@code POST /repos/OWNER/NAME/pulls/NUMBER/requested_reviewers}. */
  Answer review(String number, JsonNode body) {
    for (JsonNode each : body.path("reviewers")) {
      if (each.asString().equals("nobody")) {
        return GitHubForge.message(422, "Reviews may only be requested from collaborators.");
      }
      of(reviewers, number).add(each.asString());
    }
    body.path("team_reviewers")
        .forEach(each -> of(reviewers, number).add("team:" + each.asString()));
    return Answer.json(201, Map.of("number", Integer.parseInt(number)));
  }

  /** {@code POST /graphql}: says what is wrong with status 200. */
  Answer graphql(Request request) {
    if (!request.authorized()) {
      return GitHubForge.message(401, "Bad credentials");
    }
    JsonNode variables = JSON.readTree(request.body()).path("variables");
    String said =
        !autoMergeAllowed
            ? "Auto merge is not allowed for this repository"
            : variables.path("method").asString().equals("MERGE")
                ? "Merge method merge commits are not allowed on this repository"
                : "";
    if (!said.isEmpty()) {
      return Answer.json(200, Map.of("errors", List.of(Map.of("message", said))));
    }
    merges.put(variables.path("id").asString(), variables.path("head").asString());
    return Answer.json(200, Map.of("data", Map.of()));
  }
}
