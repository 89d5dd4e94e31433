package dev.flakerelay.forge.github;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.forge.Permission;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/**
 * Where a GitHub App is installed, and the tokens that it has there ("Generating an installation
 * access token for a GitHub App" in GitHub's documentation): one for each repository and purpose,
 * kept until ten minutes before it ends.
 */
final class Installations {
  private static final Duration BEFORE_THE_END = Duration.ofMinutes(10);

  /** Who installs an App does not wait long to see that it works. */
  private static final Duration FOUND_KEPT = Duration.ofMinutes(30);

  private static final Duration MISSING_KEPT = Duration.ofSeconds(30);

  private record Found(Optional<Long> id, Instant until) {}

  private record Purpose(GitHubRepository repository, Permission permission) {}

  private record Made(Token token, Instant until) {}

  private final AppIdentity identity;
  private final Map<GitHubRepository, Found> found = new ConcurrentHashMap<>();
  private final Map<Purpose, Made> made = new ConcurrentHashMap<>();

  Installations(AppIdentity identity) {
    this.identity = identity;
  }

  /** The installation that a repository belongs to; empty if the App is not installed there. */
  Optional<Long> on(GitHubRepository repository, Deadline deadline) throws JobException {
    Found known = found.get(repository);
    Instant now = identity.clock().instant();
    if (known == null || now.isAfter(known.until())) {
      try (GitHubApi api = GitHubApi.authorized(identity, deadline)) {
        Optional<Long> id =
            api.find(repository.at("/installation"), "look for the GitHub App at")
                .map(each -> each.path("id").asLong(0));
        known = new Found(id, now.plus(id.isPresent() ? FOUND_KEPT : MISSING_KEPT));
        found.put(repository, known);
      }
    }
    return known.id();
  }

  /** A token, one that was made before if it lasts. */
  synchronized Token token(AppAccess access) throws JobException {
    Purpose purpose = new Purpose(access.repository(), access.permission());
    Made known = made.get(purpose);
    if (known == null || !identity.clock().instant().isBefore(known.until())) {
      known = make(access);
      made.put(purpose, known);
    }
    return known.token();
  }

  /** Lets go of a token that GitHub does not take any more. */
  synchronized void forget(AppAccess access, Token refused) {
    Purpose purpose = new Purpose(access.repository(), access.permission());
    Made known = made.get(purpose);
    if (known != null && known.token().equals(refused)) {
      made.remove(purpose);
    }
  }

  private Made make(AppAccess access) throws JobException {
    GitHubRepository repository = access.repository();
    Map<String, String> permissions = permissions(access.permission());
    Map<String, Object> wanted =
        Map.of("repositories", List.of(repository.name()), "permissions", permissions);
    try (GitHubApi api = GitHubApi.authorized(identity, access.deadline())) {
      return read(
          api.send(
              "POST",
              repository.api("/app/installations/" + access.installation() + "/access_tokens"),
              wanted,
              "get a token for " + repository + " from"));
    } catch (PermanentException e) {
      found.remove(repository); // it may have been taken away, or installed anew
      List<String> missing = missing(repository, permissions, access.deadline());
      if (missing.isEmpty()) {
        throw e;
      }
      throw new PermanentException(
          e.getMessage()
              + ": the App lacks the repository permission "
              + String.join(", ", missing)
              + ": grant it in the App's settings, and accept it where the App is installed",
          e);
    }
  }

  /** What an installation does not permit, each as in {@code statuses: write}. */
  private List<String> missing(
      GitHubRepository repository, Map<String, String> wanted, Deadline deadline)
      throws JobException {
    JsonNode granted;
    try (GitHubApi api = GitHubApi.authorized(identity, deadline)) {
      granted =
          api.get(repository.at("/installation"), "look for the GitHub App at").path("permissions");
    }
    return wanted.entrySet().stream()
        .filter(each -> !covers(granted.path(each.getKey()).asString(""), each.getValue()))
        .map(each -> each.getKey() + ": " + each.getValue())
        .sorted()
        .toList();
  }

  private static boolean covers(String granted, String wanted) {
    return granted.equals(wanted) || granted.equals("write") || granted.equals("admin");
  }

  private static Made read(JsonNode json) throws RetryableException {
    try {
      Instant end = Instant.parse(json.path("expires_at").asString(""));
      return new Made(new Token(json.path("token").asString("")), end.minus(BEFORE_THE_END));
    } catch (DateTimeParseException | IllegalArgumentException e) {
      // Without its cause: it may quote the token.
      throw new RetryableException("GitHub answered with something else than a token for the App");
    }
  }

  /** What GitHub calls it ("Permissions required for GitHub Apps"). */
  static Map<String, String> permissions(Permission permission) {
    return switch (permission) {
      case READ -> Map.of("contents", "read");
      case PUSH -> Map.of("contents", "write");
      case PROPOSE -> Map.of("contents", "write", "pull_requests", "write");
      case REPORT -> Map.of("statuses", "write");
      case CHECK -> Map.of("checks", "read", "statuses", "read");
    };
  }
}
