package dev.flakerelay.outcome;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.config.Receiver;
import dev.flakerelay.net.ErrorAnswer;
import dev.flakerelay.net.HttpExchange;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * Carries notifications. What failed is told without the server's words and without its address:
 * either may hold what is secret. Redirects are not followed.
 */
final class Courier {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private Courier() {}

  /**
   * Sends one.
   *
   * @throws PermanentException if the receiver does not want it
   * @throws RetryableException if it is out of reach, in trouble, or wants to be left alone
   */
  static void send(Receiver receiver, Notification notification, Deadline deadline)
      throws JobException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(notification.url())
            .method(notification.method(), BodyPublishers.ofByteArray(notification.body()));
    notification.headers().forEach(request::header);
    String attempt = "could not notify as " + receiver.as().name().toLowerCase(Locale.ROOT);
    HttpResponse<byte[]> response;
    try (HttpExchange exchange = new HttpExchange()) {
      response = exchange.send(request.build(), deadline.atMost(PATIENCE), "its server");
    } catch (HttpExchange.Failed e) {
      throw new RetryableException(attempt + ": " + e.getMessage());
    }
    int status = response.statusCode();
    if (status / 100 == 2) {
      return;
    }
    ErrorAnswer answer =
        ErrorAnswer.read(status, response.headers()::firstValue, response.body(), Instant.now());
    String words = attempt + ": HTTP " + status;
    if (answer.retryAfter().isPresent()) {
      throw new RetryableException(words, answer.retryAfter().get());
    }
    if (status >= 500 || status == 408 || status == 425) {
      throw new RetryableException(words);
    }
    throw new PermanentException(
        words + ": check " + receiver.name() + " in relay.yaml, its URL and its secret");
  }
}
