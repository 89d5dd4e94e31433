package dev.flakerelay.forge.github;

import dev.flakerelay.PermanentException;
import dev.flakerelay.VisibleText;
import dev.flakerelay.log.Waiting;
import dev.flakerelay.net.ErrorAnswer;
import dev.flakerelay.net.HttpExchange;
import dev.flakerelay.secret.Secret;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A GitHub App that was made just now.
 *
 * @param id its number
 * @param page its public page
 * @param key its private key
 */
public record NewApp(String id, URI page, Secret key) {
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** In seconds; a code lasts an hour. */
  private static final int[] WAITS = {1, 2, 5, 15, 30};

  /**
   * Gets it in exchange for its code ("Create a GitHub App from a manifest" in "REST API endpoints
   * for GitHub Apps"). GitHub in trouble is asked again, for a minute.
   *
   * @param waiting is told why it takes longer
   * @throws PermanentException if GitHub does not give it
   */
  public static NewApp of(AppManifest manifest, String code, Consumer<String> waiting)
      throws PermanentException, InterruptedException {
    URI address =
        URI.create(
            GitHubRepository.apiOf(manifest.host()) + "/app-manifests/" + code + "/conversions");
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Accept", GitHubApi.JSON)
            .header("X-GitHub-Api-Version", GitHubApi.VERSION)
            .header("User-Agent", GitHubApi.PROGRAM)
            .POST(BodyPublishers.noBody())
            .build();
    try (HttpExchange http = new HttpExchange()) {
      String why = "";
      for (int wait : WAITS) {
        try (Waiting _ = Waiting.on(address.getHost())) {
          HttpResponse<byte[]> response = http.send(request, ANSWER, address.getHost());
          if (response.statusCode() == 201) {
            return read(response.body());
          }
          ErrorAnswer answer =
              ErrorAnswer.read(
                  response.statusCode(),
                  response.headers()::firstValue,
                  response.body(),
                  Instant.now());
          why = VisibleText.brief(answer.said().replace(code, "***"));
          if (response.statusCode() < 500 && answer.retryAfter().isEmpty()) {
            throw new PermanentException(failure(address) + why + advice(manifest));
          }
        } catch (HttpExchange.Failed e) {
          why = e.getMessage();
        }
        waiting.accept(failure(address) + why + "; asking again");
        Thread.sleep(Duration.ofSeconds(wait));
      }
      throw new PermanentException(
          failure(address) + why + " (asked for a minute)" + advice(manifest));
    }
  }

  private static String failure(URI address) {
    return "could not get the App's key from " + address.getHost() + ": ";
  }

  private static String advice(AppManifest manifest) {
    return ": if the App is on " + manifest.list() + " already, delete it there, and begin again";
  }

  /** What else is in the answer, such as a secret of OAuth, is not kept. */
  private static NewApp read(byte[] body) throws PermanentException {
    try {
      JsonNode app = JsonMapper.shared().readTree(body);
      URI page = URI.create(app.path("html_url").asString(""));
      if (app.path("id").isIntegralNumber() && "https".equals(page.getScheme())) {
        Secret key = new Secret(app.path("pem").asString(""));
        var _ = AppKey.parse(key.value());
        return new NewApp(app.path("id").asString(), page, key);
      }
    } catch (JacksonException | IllegalArgumentException e) {
      // Without its cause: it may quote the answer.
    }
    throw new PermanentException(
        "the answer to the App's code has no id, page and private key, as GitHub documents it");
  }
}
