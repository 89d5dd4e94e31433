package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Forgejo as Git uses it, and its REST API as its description and its handlers have it: a status's
 * {@code state} is answered as {@code status}, labels are given by number, a change is answered
 * with 201, and a second pull request with 409.
 */
final class ForgejoForge extends Forge {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern PATH =
      Pattern.compile("/api/v1/repos/([^/]+/[^/]+)(?:/([a-z]+)(?:/(.+))?)?");

  private final List<Map<String, Object>> statuses = new ArrayList<>();
  private final List<Map<String, Object>> pulls = new ArrayList<>();
  private final List<Map<String, Object>> labels = new ArrayList<>();
  private final List<Map<String, Object>> comments = new ArrayList<>();

  @Override
  synchronized Answer answer(Request request) {
    Matcher path = PATH.matcher(request.path());
    if (!path.matches()) {
      return git(request);
    }
    Optional<HostedRepository> found = visible(path.group(1), request);
    if (found.isEmpty()) {
      return message(404, "The target couldn't be found.");
    }
    if (!request.method().equals("GET")
        && !request.header("Authorization").orElse("").startsWith("token ")) {
      return message(401, "token is required");
    }
    String rest = Optional.ofNullable(path.group(3)).orElse("");
    JsonNode body =
        request.method().equals("GET") ? JSON.createObjectNode() : JSON.readTree(request.body());
    return switch (request.method() + " " + Optional.ofNullable(path.group(2)).orElse("")) {
      case "GET " -> Answer.json(200, Map.of("default_branch", "main"));
      case "GET branches" -> branch(found.get(), rest);
      case "GET compare" -> compare(found.get(), rest);
      case "GET statuses" -> Answer.json(200, page(request, matching(statuses, "sha", rest)));
      case "POST statuses" -> status(found.get(), rest, body);
      case "GET labels" -> Answer.json(200, labels);
      case "POST labels" -> Answer.json(201, label(body));
      case "GET pulls" -> Answer.json(200, page(request, matching(pulls, "state", "open")));
      case "POST pulls" -> rest.isEmpty() ? open(found.get(), body) : ask(rest, body);
      case "PATCH pulls" -> change(rest, body);
      case "GET issues" -> Answer.json(200, comments);
      case "POST issues" -> issue(rest, body);
      default -> message(404, "Not Found");
    };
  }

  private static Answer message(int status, String text) {
    return Answer.json(status, Map.of("message", text, "url", "https://forgejo/api/swagger"));
  }

  private static List<Map<String, Object>> page(Request request, List<Map<String, Object>> all) {
    return request.parameter("page").orElse("1").equals("1") ? all : List.of();
  }

  private static List<Map<String, Object>> matching(
      List<Map<String, Object>> all, String key, String value) {
    return all.stream().filter(each -> value.equals(each.get(key))).toList();
  }

  private static Answer branch(HostedRepository found, String name) {
    Optional<Revision> head = found.resolve("refs/heads/" + name);
    return head.isEmpty()
        ? message(404, "The target couldn't be found.")
        : Answer.json(200, Map.of("name", name, "commit", Map.of("id", head.get().hex())));
  }

  private static Answer compare(HostedRepository found, String range) {
    String[] ends = range.split("\\.\\.\\.", 2);
    if (found.resolve(ends[0]).isEmpty() || found.resolve(ends[1]).isEmpty()) {
      return message(404, "The target couldn't be found.");
    }
    String count = found.repository().git("rev-list", "--count", ends[0] + ".." + ends[1]);
    return Answer.json(200, Map.of("total_commits", Integer.parseInt(count), "commits", List.of()));
  }

  private Answer status(HostedRepository found, String sha, JsonNode body) {
    if (found.resolve(sha).isEmpty()) {
      return message(404, "object does not exist");
    }
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("id", statuses.size() + 1);
    status.put("sha", sha);
    status.put("status", body.path("state").asString());
    for (String key : List.of("context", "description", "target_url")) {
      status.put(key, body.path(key).asString(""));
    }
    statuses.add(status);
    return Answer.json(201, status);
  }

  private Map<String, Object> label(JsonNode body) {
    Map<String, Object> label =
        Map.of("id", labels.size() + 7, "name", body.path("name").asString());
    labels.add(label);
    return label;
  }

  private Answer open(HostedRepository found, JsonNode body) {
    String head = body.path("head").asString();
    if (found.resolve("refs/heads/" + head).isEmpty()) {
      return message(404, "The target couldn't be found.");
    }
    if (!matching(matching(pulls, "state", "open"), "from", head).isEmpty()) {
      return message(409, "pull request already exists for these targets");
    }
    Map<String, Object> pull = new LinkedHashMap<>();
    pull.put("number", pulls.size() + 1);
    pull.put("html_url", "https://forgejo/" + found.name() + "/pulls/" + (pulls.size() + 1));
    pull.put("state", "open");
    pull.put("title", body.path("title").asString());
    pull.put("body", body.path("body").asString());
    pull.put("labels", List.of());
    pull.put("from", head);
    pull.put("head", Map.of("ref", head, "repo_id", 1));
    pull.put("base", Map.of("ref", body.path("base").asString(), "repo_id", 1));
    pulls.add(pull);
    return Answer.json(201, pull);
  }

  private Answer change(String number, JsonNode body) {
    Map<String, Object> pull = pulls.get(Integer.parseInt(number) - 1);
    body.properties().forEach(each -> pull.put(each.getKey(), each.getValue().asString()));
    return Answer.json(201, pull);
  }

  private Answer ask(String rest, JsonNode body) {
    if (rest.endsWith("/merge")) {
      return body.path("merge_when_checks_succeed").asBoolean(false)
              && body.path("head_commit_id").isString()
          ? Answer.text(201, "")
          : message(405, "Please try again later");
    }
    return Answer.json(201, List.of());
  }

  private Answer issue(String rest, JsonNode body) {
    if (rest.endsWith("/comments")) {
      comments.add(Map.of("id", comments.size() + 1, "body", body.path("body").asString()));
      return Answer.json(201, comments.getLast());
    }
    Map<String, Object> pull = pulls.get(Integer.parseInt(rest.replaceFirst("/.*", "")) - 1);
    List<Map<String, Object>> given =
        labels.stream()
            .filter(each -> body.path("labels").toString().contains(String.valueOf(each.get("id"))))
            .toList();
    pull.put("labels", given);
    return Answer.json(200, given);
  }
}
