package dev.flakerelay.support;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The part of GitHub's REST API that changes something or compares: pull requests, commit statuses,
 * "Compare two commits". What was written is kept in memory for tests to look at; comparing is done
 * by git.
 */
public final class GitHubRest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern PATH = Pattern.compile("/repos/([^/]+/[^/]+)/([a-z]+)(?:/(.+))?");

  /**
   * A pull request.
   *
   * @param head the branch that shall be merged
   * @param base the branch that it shall be merged into
   * @param state {@code open} or {@code closed}
   */
  public record PullRequest(
      String repository,
      int number,
      String head,
      String base,
      String title,
      String body,
      String state) {}

  /**
   * A commit status.
   *
   * @param state {@code error}, {@code failure}, {@code pending} or {@code success}
   */
  public record Status(
      String repository,
      String sha,
      String state,
      String context,
      String description,
      String targetUrl) {}

  private final Forge forge;
  private final GitHubGitData gitData = new GitHubGitData();
  private final List<PullRequest> pullRequests = new CopyOnWriteArrayList<>();
  private final List<Status> statuses = new CopyOnWriteArrayList<>();

  GitHubRest(Forge forge) {
    this.forge = forge;
  }

  /** Every pull request, by number. */
  public List<PullRequest> pullRequests() {
    return List.copyOf(pullRequests);
  }

  /** Every commit status, in the order they were sent. */
  public List<Status> statuses() {
    return List.copyOf(statuses);
  }

  Answer answer(Request request) {
    Matcher path = PATH.matcher(request.path());
    Optional<HostedRepository> found =
        path.matches() ? forge.visible(path.group(1), request) : Optional.empty();
    if (found.isEmpty()) {
      return GitHubForge.message(404, "Not Found");
    }
    boolean reads = request.method().equals("GET");
    if (!reads && !request.authorized()) {
      return GitHubForge.message(401, "Requires authentication");
    }
    String rest = Optional.ofNullable(path.group(3)).orElse("");
    if (path.group(2).equals("git")) {
      return gitData.answer(found.get(), rest, request);
    }
    if (path.group(2).equals("rules")) {
      return rules(rest);
    }
    return switch (request.method() + " " + path.group(2)) {
      case "GET commits" -> listed(found.get(), rest);
      case "GET compare" -> compare(found.get(), rest);
      case "POST statuses" -> status(found.get(), rest, JSON.readTree(request.body()));
      case "POST pulls" -> open(found.get(), JSON.readTree(request.body()));
      case "PATCH pulls" -> change(rest, JSON.readTree(request.body()));
      case "GET pulls" -> pulls(found.get(), rest, request);
      default -> GitHubForge.message(404, "Not Found");
    };
  }

  /** From now on a branch takes signed commits only, by the API. */
  public void requireSignatures(String branch) {
    gitData.requireSignatures(branch);
  }

  /** "Get rules for a branch". */
  private Answer rules(String rest) {
    String branch = rest.replaceFirst("^branches/", "");
    return Answer.json(
        200,
        gitData.requiresSignatures(branch)
            ? List.of(
                Map.of("type", "non_fast_forward", "ruleset_id", 41),
                Map.of("type", "required_signatures", "ruleset_id", 42))
            : List.of());
  }

  private static Answer compare(HostedRepository found, String range) {
    String[] ends = range.split("\\.\\.\\.", 2);
    if (ends.length < 2 || found.resolve(ends[0]).isEmpty() || found.resolve(ends[1]).isEmpty()) {
      return GitHubForge.message(404, "Not Found");
    }
    String symmetric = found.resolve(ends[0]).get() + "..." + found.resolve(ends[1]).get();
    String counted = found.repository().git("rev-list", "--left-right", "--count", symmetric);
    int behind = Integer.parseInt(counted.split("\t", 2)[0]);
    int ahead = Integer.parseInt(counted.split("\t", 2)[1]);
    String status =
        behind == 0 ? (ahead == 0 ? "identical" : "ahead") : (ahead == 0 ? "behind" : "diverged");
    return Answer.json(
        200,
        Map.of("status", status, "ahead_by", ahead, "behind_by", behind, "total_commits", ahead));
  }

  private Answer status(HostedRepository found, String sha, JsonNode body) {
    if (found.resolve(sha).isEmpty()) {
      return GitHubForge.message(422, "No commit found for SHA: " + sha);
    }
    String state = text(body, "state");
    String context = body.has("context") ? text(body, "context") : "default";
    Status status =
        new Status(
            found.name(), sha, state, context, text(body, "description"), text(body, "target_url"));
    statuses.add(status);
    return Answer.json(201, Map.of("id", statuses.size(), "state", state, "context", context));
  }

  /** "List commit statuses for a reference": the newest first, of all contexts. */
  private Answer listed(HostedRepository found, String rest) {
    String sha = rest.replaceFirst("/statuses$", "");
    return Answer.json(
        200,
        statuses.reversed().stream()
            .filter(each -> each.repository().equals(found.name()) && each.sha().equals(sha))
            .limit(100)
            .map(
                each ->
                    Map.of(
                        "state", each.state(),
                        "context", each.context(),
                        "description", each.description(),
                        "target_url", each.targetUrl()))
            .toList());
  }

  private static String text(JsonNode body, String key) {
    return body.path(key).asString("");
  }

  private synchronized Answer open(HostedRepository found, JsonNode body) {
    String head = text(body, "head").replaceFirst("^.*:", "");
    String base = text(body, "base");
    if (found.resolve("refs/heads/" + head).isEmpty()
        || found.resolve("refs/heads/" + base).isEmpty()) {
      return GitHubForge.message(422, "Validation Failed");
    }
    boolean exists =
        pullRequests.stream()
            .anyMatch(
                pull ->
                    pull.repository().equals(found.name())
                        && pull.state().equals("open")
                        && pull.head().equals(head)
                        && pull.base().equals(base));
    if (exists) {
      return GitHubForge.message(422, "A pull request already exists for " + head + ".");
    }
    PullRequest pull =
        new PullRequest(
            found.name(),
            pullRequests.size() + 1,
            head,
            base,
            text(body, "title"),
            text(body, "body"),
            "open");
    pullRequests.add(pull);
    return Answer.json(201, json(pull));
  }

  private synchronized Answer change(String number, JsonNode body) {
    int index = Integer.parseInt(number) - 1;
    if (index < 0 || index >= pullRequests.size()) {
      return GitHubForge.message(404, "Not Found");
    }
    PullRequest old = pullRequests.get(index);
    PullRequest changed =
        new PullRequest(
            old.repository(),
            old.number(),
            old.head(),
            body.path("base").asString(old.base()),
            body.path("title").asString(old.title()),
            body.path("body").asString(old.body()),
            body.path("state").asString(old.state()));
    pullRequests.set(index, changed);
    return Answer.json(200, json(changed));
  }

  private Answer pulls(HostedRepository found, String number, Request request) {
    List<PullRequest> here =
        pullRequests.stream().filter(pull -> pull.repository().equals(found.name())).toList();
    if (!number.isEmpty()) {
      return here.stream()
          .filter(pull -> number.equals(Integer.toString(pull.number())))
          .findFirst()
          .map(pull -> Answer.json(200, json(pull)))
          .orElseGet(() -> GitHubForge.message(404, "Not Found"));
    }
    String state = request.parameter("state").orElse("open");
    String head = request.parameter("head").orElse("").replaceFirst("^.*:", "");
    String base = request.parameter("base").orElse("");
    return Answer.json(
        200,
        here.stream()
            .filter(pull -> state.equals("all") || pull.state().equals(state))
            .filter(pull -> head.isEmpty() || pull.head().equals(head))
            .filter(pull -> base.isEmpty() || pull.base().equals(base))
            .map(this::json)
            .toList());
  }

  private Map<String, Object> json(PullRequest pull) {
    String url = "https://github.com/" + pull.repository() + "/pull/" + pull.number();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("number", pull.number());
    json.put("html_url", url);
    json.put("state", pull.state());
    json.put("title", pull.title());
    json.put("body", pull.body());
    json.put("head", branch(pull.repository(), pull.head()));
    json.put("base", branch(pull.repository(), pull.base()));
    return json;
  }

  private Map<String, Object> branch(String repository, String name) {
    String sha =
        forge
            .find(repository)
            .flatMap(found -> found.resolve("refs/heads/" + name))
            .map(Object::toString)
            .orElse("");
    String owner = repository.substring(0, repository.indexOf('/'));
    return Map.of("ref", name, "sha", sha, "label", owner + ":" + name);
  }
}
