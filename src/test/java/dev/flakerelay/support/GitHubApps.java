package dev.flakerelay.support;

import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * GitHub Apps, their installations and tokens ("REST API endpoints for GitHub Apps", "Permissions
 * required for GitHub Apps" in GitHub's documentation).
 */
public final class GitHubApps {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Pattern INSTALLATION = Pattern.compile("/repos/([^/]+/[^/]+)/installation");
  private static final Pattern TOKENS = Pattern.compile("/app/installations/(\\d+)/access_tokens");
  private static final Pattern RESOURCE =
      Pattern.compile("/repos/([^/]+/[^/]+)/([a-z-]+)(?:/.*?(status|statuses|check-runs))?");

  /**
   * Where an App is installed.
   *
   * @param permissions by name, {@code read} or {@code write}
   */
  public record Installation(
      long number, String app, Set<String> repositories, Map<String, String> permissions) {}

  /**
   * A token that an App has got.
   *
   * @param repository the one that it opens, lower case
   */
  public record Issued(
      String token, String repository, Map<String, String> permissions, Instant end) {}

  private final Map<String, PublicKey> apps = new HashMap<>();
  private final List<Installation> installations = new ArrayList<>();
  private final List<Issued> issued = new ArrayList<>();
  private Duration ahead = Duration.ZERO;
  private String endingAt = "";
  private boolean suspended;

  /** An App that somebody has made. */
  public synchronized GitHubApps register(String id, PublicKey key) {
    apps.put(id, key);
    return this;
  }

  /** Installs it; the permissions are those of its settings, accepted. */
  public synchronized void install(
      String id, Map<String, String> permissions, String... repositories) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(List.of(repositories));
    installations.add(new Installation(installations.size() + 4711, id, names, permissions));
  }

  /** Removes it everywhere. */
  public synchronized void uninstall() {
    installations.clear();
  }

  /** An owner takes a break from all Apps. */
  public synchronized void suspend() {
    suspended = true;
  }

  /** Every token so far. */
  public synchronized List<Issued> issued() {
    return List.copyOf(issued);
  }

  /** From now on no token of before is taken. */
  public synchronized void endTokens() {
    issued.replaceAll(
        each -> new Issued(each.token(), each.repository(), each.permissions(), Instant.EPOCH));
  }

  /**
   * Lets every token end at the moment when one is shown somewhere, once.
   *
   * @param where a part of method and path, such as {@code POST /acme/tools.git}
   */
  public synchronized void endTokensAt(String where) {
    endingAt = where;
  }

  /** Whether that moment has come. */
  public synchronized boolean tokensHaveEnded() {
    return endingAt.isEmpty();
  }

  /** GitHub's clock, beside this machine's. */
  public synchronized void clockIsAhead(Duration time) {
    ahead = time;
  }

  private Instant now() {
    return Instant.now().plus(ahead);
  }

  /** Answers what an App asks for itself; empty if it is another request. */
  synchronized Optional<Answer> answer(Request request) {
    Matcher installation = INSTALLATION.matcher(request.path());
    Matcher tokens = TOKENS.matcher(request.path());
    boolean asksForOne = installation.matches() && request.method().equals("GET");
    if (!asksForOne && !(tokens.matches() && request.method().equals("POST"))) {
      return Optional.empty();
    }
    AppJwt jwt = AppJwt.read(request.token().orElse(""), apps, now());
    if (jwt.problem().isPresent()) {
      return jwt.problem();
    }
    return Optional.of(
        asksForOne
            ? installation(jwt.app(), installation.group(1))
            : token(jwt.app(), Long.parseLong(tokens.group(1)), request));
  }

  private Answer installation(String app, String repository) {
    return installations.stream()
        .filter(each -> each.app().equals(app) && each.repositories().contains(repository))
        .findFirst()
        .map(GitHubApps::json)
        .orElseGet(() -> GitHubForge.message(404, "Not Found"));
  }

  private static Answer json(Installation each) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", each.number());
    json.put("app_id", each.app());
    json.put("app_slug", "relay");
    json.put("permissions", each.permissions());
    json.put("repository_selection", "selected");
    return Answer.json(200, json);
  }

  private Answer token(String app, long number, Request request) {
    Optional<Installation> found =
        installations.stream()
            .filter(each -> each.number() == number && each.app().equals(app))
            .findFirst();
    if (found.isEmpty()) {
      return GitHubForge.message(404, "Not Found");
    }
    if (suspended) {
      return GitHubForge.message(403, "This installation has been suspended");
    }
    JsonNode wanted = JsonMapper.shared().readTree(request.body());
    List<String> names = new ArrayList<>();
    for (JsonNode name : wanted.path("repositories")) {
      found.get().repositories().stream()
          .filter(each -> each.substring(each.indexOf('/') + 1).equalsIgnoreCase(name.asString()))
          .forEach(names::add);
    }
    if (names.size() != 1 || wanted.path("repositories").size() != 1) {
      return GitHubForge.message(
          422,
          "There is at least one repository that does not exist or is not accessible to the parent"
              + " installation.");
    }
    Map<String, String> permissions = new LinkedHashMap<>();
    wanted
        .path("permissions")
        .properties()
        .forEach(each -> permissions.put(each.getKey(), each.getValue().asString()));
    if (!permissions.entrySet().stream()
        .allMatch(each -> covers(found.get().permissions(), each.getKey(), each.getValue()))) {
      return GitHubForge.message(
          422, "The permissions requested are not granted to this installation.");
    }
    Issued made =
        new Issued(
            "ghs_" + UUID.randomUUID().toString().replace("-", ""),
            names.getFirst().toLowerCase(Locale.ROOT),
            permissions,
            now().plus(HOUR));
    issued.add(made);
    return Answer.json(
        201,
        Map.of(
            "token",
            made.token(),
            "expires_at",
            made.end().toString(),
            "permissions",
            permissions));
  }

  private static boolean covers(Map<String, String> granted, String name, String level) {
    String there = name.equals("metadata") ? "read" : granted.getOrDefault(name, "");
    return there.equals("write") || (there.equals(level) && !level.isEmpty());
  }

  /** A token of an App that is none, or has ended, opens nothing, not even what is public. */
  synchronized boolean hasEnded(Request request) {
    String asked = request.method() + " " + request.path();
    if (!endingAt.isEmpty() && isAppToken(request) && asked.contains(endingAt)) {
      endingAt = "";
      endTokens();
    }
    return isAppToken(request) && valid(request).isEmpty();
  }

  private static boolean isAppToken(Request request) {
    return request.token().filter(each -> each.startsWith("ghs_")).isPresent();
  }

  private Optional<Issued> valid(Request request) {
    return issued.stream()
        .filter(each -> request.token().equals(Optional.of(each.token())))
        .filter(each -> now().isBefore(each.end()))
        .findFirst();
  }

  /** Whether a request carries a token for a repository. */
  synchronized boolean sees(Request request, String repository) {
    return valid(request)
        .filter(each -> each.repository().equalsIgnoreCase(repository))
        .isPresent();
  }

  /** Whether a request carries a token of an App that does not permit something. */
  synchronized boolean forbids(Request request, String repository, String name, String level) {
    return isAppToken(request)
        && valid(request)
            .filter(each -> each.repository().equalsIgnoreCase(repository))
            .filter(each -> covers(each.permissions(), name, level))
            .isEmpty();
  }

  /** Refuses what an App's token does not permit. */
  Optional<Answer> refusal(Request request) {
    Matcher resource = RESOURCE.matcher(request.path());
    if (!resource.matches() || !isAppToken(request)) {
      return Optional.empty();
    }
    String inner = Optional.ofNullable(resource.group(3)).orElse("");
    String name =
        switch (inner.isEmpty() ? resource.group(2) : inner) {
          case "pulls", "issues" -> "pull_requests";
          case "status", "statuses" -> "statuses";
          case "check-runs" -> "checks";
          case "rules" -> "metadata";
          default -> "contents";
        };
    boolean reads = request.method().equals("GET");
    boolean readsPublic = reads && name.equals("contents") && !sees(request, resource.group(1));
    return !readsPublic && forbids(request, resource.group(1), name, reads ? "read" : "write")
        ? Optional.of(
            GitHubForge.message(403, "Resource not accessible by integration")
                .with("X-Accepted-GitHub-Permissions", name + "=" + (reads ? "read" : "write")))
        : Optional.empty();
  }
}
