package dev.flakerelay.github;

import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import java.io.IOException;
import java.net.Authenticator;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks GitHub's REST API one thing at a time ("Getting started with the REST API" in GitHub's
 * documentation). Redirects are not followed: the token would travel along.
 */
final class GitHubApi implements AutoCloseable {
  private static final String VERSION = "2022-11-28";
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final long MOST_BYTES = 4 << 20;

  private final GitHubToken token;
  private final Duration patience;
  private final HttpClient client;

  GitHubApi(GitHubToken token) {
    this(token, ANSWER);
  }

  /**
   * A connection.
   *
   * @param patience how long one answer may take, to its last byte
   */
  GitHubApi(GitHubToken token, Duration patience) {
    this.token = token;
    this.patience = patience;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    Optional.ofNullable(ProxySelector.getDefault()).ifPresent(builder::proxy);
    Optional.ofNullable(Authenticator.getDefault()).ifPresent(builder::authenticator);
    try {
      this.client = builder.sslContext(SSLContext.getDefault()).build();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
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
   * Writes something.
   *
   * @param body becomes a JSON object
   * @param intent what for, as in "could not INTENT https://…"
   */
  JsonNode send(String method, URI address, Map<String, String> body, String intent)
      throws JobException {
    byte[] json = JsonMapper.shared().writeValueAsBytes(body);
    return ask(method, address, BodyPublishers.ofByteArray(json), intent);
  }

  private JsonNode ask(String method, URI address, BodyPublisher body, String intent)
      throws JobException {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .method(method, body)
            .header("Accept", "application/vnd.github+json")
            .header("Content-Type", "application/json")
            .header("X-GitHub-Api-Version", VERSION)
            .header("User-Agent", "flake-relay")
            .header("Authorization", "Bearer " + token.value())
            .build();
    String attempt = "could not " + intent + " " + page(address);
    HttpResponse<byte[]> response = answer(request, attempt);
    if (response.statusCode() / 100 != 2) {
      throw GitHubFailure.of(attempt, response, token, Instant.now());
    }
    try {
      return JsonMapper.shared().readTree(response.body());
    } catch (JacksonException e) {
      throw new RetryableException(attempt + ": the answer is not JSON", e);
    }
  }

  /** A request's own timeout ends with the headers; this one with the body. */
  private HttpResponse<byte[]> answer(HttpRequest request, String attempt)
      throws RetryableException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new RetryableException(
          attempt + ": no answer within " + patience.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetryableException(attempt + ": this process is being stopped", e);
    } catch (ExecutionException e) {
      throw new RetryableException(attempt + ": " + words(e.getCause()), e);
    } finally {
      answer.cancel(true);
    }
  }

  private static String words(@Nullable Throwable failure) {
    if (failure instanceof IOException && failure.getMessage() != null) {
      return failure.getMessage();
    }
    return String.valueOf(failure);
  }

  private static String page(URI address) {
    return address.getScheme() + "://" + address.getAuthority() + address.getPath();
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
