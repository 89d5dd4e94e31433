package dev.flakerelay.forge.github;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.VisibleText;
import dev.flakerelay.net.ErrorAnswer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells from an answer of GitHub's whether asking again can help ("Rate limits for the REST API"
 * and "Troubleshooting the REST API" in GitHub's documentation).
 */
final class GitHubFailure {
  /** A refusal that no other permission of the token would change. */
  private static final Pattern SAYS_WHAT_TO_DO =
      Pattern.compile(
          "SAML|SSO|archived|suspended|blocked|IP allow list", Pattern.CASE_INSENSITIVE);

  private static final Pattern NEEDED = Pattern.compile("[a-z_]+=[a-z]+(?: *, *[a-z_]+=[a-z]+)*");

  /** GitHub's words for an id that no App has; its status is 404. */
  static final String UNKNOWN_APP = "Integration not found";

  private GitHubFailure() {}

  /**
   * The failure of a job whose request was answered with another status than 2xx.
   *
   * @param attempt what was tried, as in "could not look for …"
   * @param token what must not stand in the message, even if the server should repeat it, and where
   *     it comes from
   */
  static JobException of(
      String attempt, HttpResponse<byte[]> response, TokenUse token, Instant now) {
    int status = response.statusCode();
    JsonNode body = json(response.body());
    ErrorAnswer answer =
        ErrorAnswer.read(status, response.headers()::firstValue, response.body(), now);
    String said = words(answer, body, token);
    String message = attempt + ": " + said;
    if (answer.retryAfter().isPresent()) {
      return new RetryableException(message, answer.retryAfter().get());
    }
    if (token.setting().equals(AppIdentity.SETTING)
        && (status == 401 || said.contains(UNKNOWN_APP))) {
      // The job is none the worse for it.
      return new RetryableException(
          message
              + ": check id and key of "
              + AppIdentity.SETTING
              + ", and that this machine's clock is right");
    }
    return switch (status) {
      case 401 ->
          new PermanentException(
              message + ": check that the token of " + token.setting() + " is still valid");
      case 403 ->
          new PermanentException(
              SAYS_WHAT_TO_DO.matcher(said).find()
                  ? message
                  : message
                      + ": the token of "
                      + token.setting()
                      + " lacks the permission "
                      + permission(response));
      case 404, 410 ->
          new PermanentException(
              message + ": there is no such repository, or the token may not see it");
      case 301, 302, 307, 308 ->
          new PermanentException(message + ": the repository has moved, write its new URL");
      case 422 ->
          isPassing(body) ? new RetryableException(message) : new PermanentException(message);
      default -> new RetryableException(message);
    };
  }

  /**
   * What a refused request needs, as in {@code pull_requests: write}. GitHub says so in a header
   * ("Resource not accessible" in "Troubleshooting the REST API"), which proxies and older servers
   * leave out.
   */
  private static String permission(HttpResponse<byte[]> response) {
    String method = response.request().method();
    return response
        .headers()
        .firstValue("X-Accepted-GitHub-Permissions")
        .map(needed -> needed.replaceFirst(";.*", ""))
        .filter(needed -> NEEDED.matcher(needed).matches())
        .map(needed -> needed.replace("=", ": ").replaceAll(" *, *", ", "))
        .orElseGet(
            () ->
                resource(response.request().uri().getPath())
                    + (method.equals("GET") ? ": read" : ": write"));
  }

  private static String resource(String path) {
    return path.matches(".*/(pulls|issues)(/.*)?") || path.endsWith("/graphql")
        ? "pull_requests"
        : path.matches(".*/status(es)?(/.*)?")
            ? "statuses"
            : path.endsWith("/check-runs") ? "checks" : "contents";
  }

  /**
   * A branch that was pushed a moment ago may be unknown to the API, and a pull request that was
   * opened a moment ago may not be found.
   */
  private static boolean isPassing(JsonNode body) {
    if (body.path("message").asString("").contains("already exists")) {
      return true;
    }
    for (JsonNode error : body.path("errors")) {
      boolean unknownBranch =
          error.path("field").asString("").equals("head")
              && error.path("code").asString("").equals("invalid");
      if (unknownBranch || error.path("message").asString("").contains("already exists")) {
        return true;
      }
    }
    return false;
  }

  /** GitHub's own message and its details, on one line. */
  private static String words(ErrorAnswer answer, JsonNode body, TokenUse token) {
    StringJoiner words = new StringJoiner(": ").add(answer.said());
    for (JsonNode error : body.path("errors")) {
      String detail = error.isString() ? error.asString() : error.path("message").asString("");
      String field = error.path("field").asString("") + " " + error.path("code").asString("");
      words.add(detail.isBlank() ? field.strip() : detail);
    }
    String all = token.hide(words.toString());
    return VisibleText.brief(all);
  }

  private static JsonNode json(byte[] body) {
    try {
      return JsonMapper.shared().readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      return JsonMapper.shared().createObjectNode(); // a proxy's page
    }
  }
}
