package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.log.Waiting;
import dev.flakerelay.net.HttpExchange;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks GitHub's REST API one thing at a time ("Getting started with the REST API" in GitHub's
 * documentation). Redirects are not followed: the token would travel along.
 */
final class GitHubApi implements AutoCloseable {
  static final String JSON = "application/vnd.github+json";
  static final String VERSION = "2022-11-28";
  static final String PROGRAM = "flake-relay";
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final TokenUse token;
  private final Duration patience;
  private final Deadline deadline;
  private final HttpExchange http = new HttpExchange();

  private GitHubApi(TokenUse token, Duration patience, Deadline deadline) {
    this.token = token;
    this.patience = patience;
    this.deadline = deadline;
  }

  /** A connection that shows the token with every request. */
  static GitHubApi authorized(Access access, Deadline deadline) {
    return new GitHubApi(TokenUse.always(access), ANSWER, deadline);
  }

  /**
   * A connection to read one repository, which shows the token only if that is private, or if this
   * address has asked too much without it.
   *
   * @param patience how long one answer may take, to its last byte
   */
  static GitHubApi reading(Access access, Duration patience, Deadline deadline) {
    return new GitHubApi(TokenUse.whereNeeded(access), patience, deadline);
  }

  /**
   * Reads something.
   *
   * @param intent what for, as in "could not INTENT https://…"
   */
  JsonNode get(URI address, String intent) throws JobException {
    return ask("GET", address, BodyPublishers.noBody(), intent);
  }

  /**
   * Reads something that may not be there.
   *
   * @param intent what for, as in "could not INTENT https://…"
   * @return empty if GitHub says 404
   */
  Optional<JsonNode> find(URI address, String intent) throws JobException {
    String attempt = attempt(intent, address);
    HttpRequest.Builder request = request(address, JSON);
    HttpResponse<byte[]> response = token.send(request, each -> answer(each, attempt));
    boolean isMissing =
        response.statusCode() == 404
            && !new String(response.body(), StandardCharsets.UTF_8)
                .contains(GitHubFailure.UNKNOWN_APP);
    return isMissing ? Optional.empty() : Optional.of(read(response, attempt));
  }

  /**
   * Reads something that may be known already ("Use conditional requests" in "Best practices for
   * using the REST API"): an answer that nothing changed counts against no rate limit.
   *
   * @param mediaType the form that is asked for
   * @param known the entity tag of what is known
   * @param intent what for, as in "could not INTENT https://…"
   * @return empty if what is known is still right
   */
  Optional<Tagged> getUnlessKnown(
      URI address, String mediaType, Optional<String> known, String intent) throws JobException {
    HttpRequest.Builder request = request(address, mediaType);
    known.ifPresent(tag -> request.header("If-None-Match", tag));
    String attempt = attempt(intent, address);
    HttpResponse<byte[]> response = token.send(request, each -> answer(each, attempt));
    if (response.statusCode() == 304 && known.isPresent()) {
      return Optional.empty();
    }
    requireSuccess(response, attempt);
    return Optional.of(
        new Tagged(
            new String(response.body(), StandardCharsets.UTF_8).strip(),
            response.headers().firstValue("ETag")));
  }

  /**
   * What was read.
   *
   * @param text the answer's body
   * @param tag its entity tag (RFC 9110, "ETag")
   */
  record Tagged(String text, Optional<String> tag) {}

  /**
   * Writes something.
   *
   * @param body becomes a JSON object
   * @param intent what for, as in "could not INTENT https://…"
   */
  JsonNode send(String method, URI address, Map<String, ?> body, String intent)
      throws JobException {
    byte[] json = JsonMapper.shared().writeValueAsBytes(body);
    return ask(method, address, BodyPublishers.ofByteArray(json), intent);
  }

  private JsonNode ask(String method, URI address, BodyPublisher body, String intent)
      throws JobException {
    HttpRequest.Builder request =
        request(address, JSON).method(method, body).header("Content-Type", "application/json");
    String attempt = attempt(intent, address);
    return read(token.send(request, each -> answer(each, attempt)), attempt);
  }

  private JsonNode read(HttpResponse<byte[]> response, String attempt) throws JobException {
    requireSuccess(response, attempt);
    try {
      return JsonMapper.shared().readTree(response.body());
    } catch (JacksonException e) {
      throw new RetryableException(attempt + ": the answer is not JSON", e);
    }
  }

  private HttpRequest.Builder request(URI address, String mediaType) {
    return HttpRequest.newBuilder(address)
        .header("Accept", mediaType)
        .header("X-GitHub-Api-Version", VERSION)
        .header("User-Agent", PROGRAM);
  }

  private static String attempt(String intent, URI address) {
    return "could not " + intent + " " + page(address);
  }

  private void requireSuccess(HttpResponse<byte[]> response, String attempt) throws JobException {
    if (response.statusCode() / 100 != 2) {
      throw GitHubFailure.of(attempt, response, token, Instant.now());
    }
  }

  private HttpResponse<byte[]> answer(HttpRequest request, String attempt)
      throws RetryableException {
    String host = request.uri().getHost();
    try (Waiting _ = Waiting.on(host)) {
      return http.send(request, deadline.atMost(patience), host);
    } catch (HttpExchange.Failed e) {
      throw new RetryableException(attempt + ": " + e.getMessage(), e);
    }
  }

  private static String page(URI address) {
    return address.getScheme() + "://" + address.getAuthority() + address.getPath();
  }

  @Override
  public void close() {
    http.close();
  }
}
