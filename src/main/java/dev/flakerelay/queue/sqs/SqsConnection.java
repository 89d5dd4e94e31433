package dev.flakerelay.queue.sqs;

import dev.flakerelay.FailureText;
import dev.flakerelay.log.Waiting;
import dev.flakerelay.queue.QueueUnavailableException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;

/**
 * Builds a client for one queue from the environment as the AWS SDK reads it: credentials from its
 * default provider chain, another endpoint from {@code AWS_ENDPOINT_URL_SQS} or {@code
 * AWS_ENDPOINT_URL}.
 */
final class SqsConnection {
  /** For one call, its retries included; sending has less and polling more. */
  static final Duration CALL_TIME = Duration.ofSeconds(10);

  // "Amazon Simple Queue Service endpoints and quotas", AWS General Reference: plain, FIPS,
  // dual-stack and legacy names.
  private static final Pattern HOST =
      Pattern.compile(
          "sqs(?:-fips)?\\.(?<region>[a-z0-9-]+)\\.(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)"
              + "|(?<legacy>[a-z0-9-]+)\\.queue\\.amazonaws\\.com(?:\\.cn)?");

  private SqsConnection() {}

  /**
   * Reads the URL of a FIFO queue.
   *
   * @throws IllegalArgumentException if it is none
   */
  static URI fifo(String queueUrl) {
    URI url = URI.create(queueUrl);
    boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
    if (!http || url.getHost() == null || !queueUrl.endsWith(".fifo")) {
      throw new IllegalArgumentException(
          "not the URL of an SQS FIFO queue (https://…/NAME.fifo): " + queueUrl);
    }
    return url;
  }

  /**
   * A client for the queue's region.
   *
   * @throws software.amazon.awssdk.core.exception.SdkClientException if neither the URL nor the
   *     environment names a region
   */
  static SqsClient open(URI queueUrl, Map<String, String> environment) {
    SqsClientBuilder builder =
        SqsClient.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(Duration.ofSeconds(2))
                    // Above the longest poll, which is silent for 20 s.
                    .socketTimeout(Duration.ofSeconds(25)))
            .overrideConfiguration(options -> options.apiCallTimeout(CALL_TIME));
    region(queueUrl, environment).ifPresent(builder::region);
    return builder.build();
  }

  /**
   * Where the queue is. Its own URL knows best: a request that is signed for another region finds
   * no queue. Empty leaves it to the SDK, which looks in its files and asks the machine it runs on.
   */
  static Optional<Region> region(URI queueUrl, Map<String, String> environment) {
    Matcher host = HOST.matcher(String.valueOf(queueUrl.getHost()));
    if (host.matches()) {
      String region = host.group("region");
      return Optional.of(Region.of(region != null ? region : host.group("legacy")));
    }
    String configured = environment.getOrDefault("AWS_REGION", "");
    if (!configured.isEmpty()) {
      return Optional.of(Region.of(configured));
    }
    boolean elsewhere =
        environment.containsKey("AWS_ENDPOINT_URL")
            || environment.containsKey("AWS_ENDPOINT_URL_SQS");
    return elsewhere ? Optional.of(Region.US_EAST_1) : Optional.empty();
  }

  /** Makes a call; {@code what} goes into the sentence "Tried to … but failed because: …". */
  static <T> T attempt(String what, Supplier<T> call) throws QueueUnavailableException {
    try (Waiting _ = Waiting.on("SQS")) {
      return call.get();
    } catch (SdkException e) {
      throw new QueueUnavailableException(
          "Tried to " + what + " but failed because: " + FailureText.of(e), e);
    }
  }
}
