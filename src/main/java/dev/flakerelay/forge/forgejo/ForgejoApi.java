package dev.flakerelay.forge.forgejo;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.ForgeHosts;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.VisibleText;
import dev.flakerelay.log.Waiting;
import dev.flakerelay.net.ErrorAnswer;
import dev.flakerelay.net.HttpExchange;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks one thing at a time of one repository, always with the token. */
final class ForgejoApi implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final ForgeHosts.Place place;
  private final Access access;
  private final Deadline deadline;
  private final HttpExchange http = new HttpExchange();

  ForgejoApi(ForgeHosts.Place place, Access access, Deadline deadline) {
    this.place = place;
    this.access = access;
    this.deadline = deadline;
  }

  /**
   * Reads something.
   *
   * @param path below the repository's, with a slash in front
   * @param intent what for, as in "could not INTENT https://…"
   */
  JsonNode get(String path, String intent) throws JobException {
    return ask(request(path).GET(), intent);
  }

  /** Writes something; the answer may be empty. */
  JsonNode send(String method, String path, Map<String, ?> body, String intent)
      throws JobException {
    byte[] json = JsonMapper.shared().writeValueAsBytes(body);
    return ask(
        request(path)
            .method(method, BodyPublishers.ofByteArray(json))
            .header("Content-Type", "application/json"),
        intent);
  }

  /** A name in a path, with its slashes. */
  static String encoded(String name) {
    return Arrays.stream(name.split("/", -1))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }

  /** An answer has another form than it should. */
  RetryableException strange(String wanted) {
    return new RetryableException(
        "the API of " + place.page() + " answered with something else than " + wanted);
  }

  private HttpRequest.Builder request(String path) {
    String address =
        "https://" + place.host() + "/api/v1/repos/" + place.owner() + "/" + place.name() + path;
    return HttpRequest.newBuilder(URI.create(address))
        .header("Accept", "application/json")
        .header("User-Agent", "flake-relay");
  }

  private JsonNode ask(HttpRequest.Builder request, String intent) throws JobException {
    String attempt = "could not " + intent + " " + place.page();
    Token token = access.token();
    HttpRequest shown = request.header("Authorization", "token " + token.value()).build();
    HttpResponse<byte[]> response;
    try (Waiting _ = Waiting.on(place.host())) {
      response = http.send(shown, deadline.atMost(ANSWER), place.host());
    } catch (HttpExchange.Failed e) {
      throw new RetryableException(attempt + ": " + e.getMessage(), e);
    }
    if (response.statusCode() / 100 != 2) {
      throw failure(attempt, response, token);
    }
    try {
      return JsonMapper.shared().readTree(response.body());
    } catch (JacksonException e) {
      throw new RetryableException(attempt + ": the answer is not JSON", e);
    }
  }

  private JobException failure(String attempt, HttpResponse<byte[]> response, Token token) {
    int status = response.statusCode();
    ErrorAnswer answer =
        ErrorAnswer.read(status, response.headers()::firstValue, response.body(), Instant.now());
    String message = attempt + ": " + VisibleText.brief(token.hide(answer.said()));
    if (answer.retryAfter().isPresent()) {
      return new RetryableException(message, answer.retryAfter().get());
    }
    return switch (status) {
      case 401 ->
          new PermanentException(
              message + ": check that the token of " + access.setting() + " is still valid");
      case 403 ->
          new PermanentException(
              message
                  + ": the token of "
                  + access.setting()
                  + " needs the scopes write:repository and write:issue");
      case 404 ->
          new PermanentException(
              message + ": there is no such repository, or the token may not see it");
      case 301, 302, 307, 308 ->
          new PermanentException(message + ": the repository has moved, write its new URL");
      case 400, 405, 412, 413, 422, 423 -> new PermanentException(message);
      default -> new RetryableException(message); // 409: opened by another meanwhile
    };
  }

  @Override
  public void close() {
    http.close();
  }
}
