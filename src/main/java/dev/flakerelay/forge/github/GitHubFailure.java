package dev.flakerelay.forge.github;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryAfter;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.VisibleText;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells from an answer of GitHub's whether asking again can help ("Rate limits for the REST API"
 * and "Troubleshooting the REST API" in GitHub's documentation).
 */
final class GitHubFailure {
  private GitHubFailure() {}

  /**
   * The failure of a job whose request was answered with another status than 2xx.
   *
   * @param attempt what was tried, as in "could not look for …"
   * @param token what must not stand in the message, even if the server should repeat it
   */
  static JobException of(String attempt, HttpResponse<byte[]> response, Token token, Instant now) {
    int status = response.statusCode();
    JsonNode body = json(response.body());
    String said = words(status, body, token);
    String message = attempt + ": " + said;
    Optional<Duration> wait = wait(status, response.headers(), said, now);
    if (wait.isPresent()) {
      return new RetryableException(message, wait.get());
    }
    return switch (status) {
      case 401 ->
          new PermanentException(message + ": check that the token of secrets.git is still valid");
      case 403 ->
          new PermanentException(
              message + ": the token of secrets.git needs the permission to write pull requests");
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

  /** How long GitHub wants to be left alone; empty if it is not a rate limit that was met. */
  private static Optional<Duration> wait(
      int status, HttpHeaders headers, String said, Instant now) {
    if (status != 403 && status != 429 && status != 503) {
      return Optional.empty();
    }
    Optional<Duration> asked =
        headers.firstValue("retry-after").flatMap(value -> RetryAfter.read(value, now));
    if (asked.isPresent()) {
      return asked;
    }
    boolean usedUp = number(headers, "x-ratelimit-remaining").orElse(1) == 0;
    OptionalLong reset = number(headers, "x-ratelimit-reset");
    if (usedUp && reset.isPresent()) {
      Duration left = Duration.between(now, Instant.ofEpochSecond(reset.getAsLong()));
      return Optional.of(left.isPositive() ? left.plusSeconds(1) : Duration.ofSeconds(1));
    }
    boolean limited =
        usedUp || status == 429 || said.toLowerCase(Locale.ROOT).contains("rate limit");
    return limited ? Optional.of(RetryAfter.UNNAMED) : Optional.empty();
  }

  /** A number of seconds below a hundred billion, so that every one is a time. */
  private static OptionalLong number(HttpHeaders headers, String name) {
    return headers
        .firstValue(name)
        .map(String::strip)
        .filter(value -> value.matches("\\d{1,11}"))
        .map(value -> OptionalLong.of(Long.parseLong(value)))
        .orElse(OptionalLong.empty());
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
  private static String words(int status, JsonNode body, Token token) {
    StringJoiner words = new StringJoiner(": ").add("HTTP " + status);
    String message = body.path("message").asString("");
    if (!message.isBlank()) {
      words.add(message);
    }
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
      return JsonMapper.shared().createObjectNode(); // a proxy's page: its status says enough
    }
  }
}
