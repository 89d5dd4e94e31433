package dev.flakerelay.lambda;

import dev.flakerelay.config.Checks;
import dev.flakerelay.config.CommitStyle;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.EngineChoice;
import dev.flakerelay.config.Network;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.config.Publish;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Secrets;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.sqs.SqsJobQueue;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.webhook.DeliveryHeaders;
import dev.flakerelay.webhook.Intake;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context.BeforeTransmission;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Walks a delivery's whole way once before Lambda takes its snapshot of a receiver ("Improving
 * startup performance with Lambda SnapStart", AWS Lambda Developer Guide), so that the classes of
 * that way are in it. The delivery, its secret, the route and the credentials are made up, and
 * every request to AWS ends before it is sent: nothing that is unique or secret gets into the
 * snapshot.
 */
final class Priming {
  private static final String QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/none.fifo";
  private static final Secret SECRET = new Secret("priming");
  private static final RepositoryName REPOSITORY = new RepositoryName("owner", "name");
  private static final String TYPE = "released";
  private static final String BODY =
      """
      {"action":"released","repository":{"full_name":"owner/name"},\
      "client_payload":{"sha":"0123456789012345678901234567890123456789","version":"1.0.0"}}\
      """;

  private Priming() {}

  /**
   * Does so.
   *
   * @return what the delivery was answered: that the queue did not take it, which is as far as the
   *     way goes without sending anything
   * @throws IOException if a handler can't answer its own delivery, which is a mistake of ours
   */
  static byte[] run() throws IOException {
    try (SqsClient sqs = unsent(SqsClient.builder()).build();
        SecretsManagerClient secrets = unsent(SecretsManagerClient.builder()).build()) {
      Intake intake =
          new Intake(
              config(),
              SecretValues.fixed(List.of(SECRET)),
              new SqsJobQueue(QUEUE, sqs),
              InstantSource.system());
      EventLog log =
          new EventLog(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
              EventLog.Format.JSON,
              InstantSource.system());
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      new ReceiveHandler(intake, AllowedAddresses.ALL, log)
          .answer(new ByteArrayInputStream(event()), answer);
      readNothing(secrets);
      return answer.toByteArray();
    }
  }

  private static Config config() {
    Route route =
        new Route(
            "priming",
            List.of(new Trigger.RepositoryDispatch(REPOSITORY, TYPE)),
            Optional.empty(),
            List.of(
                new Target(
                    new TargetRef("https://github.com/owner/name.git", "main", "."),
                    List.of("name"),
                    List.of())),
            CommitStyle.DEFAULT,
            Publish.PUSH,
            Set.of(),
            Route.DEFAULT_PUSH_ATTEMPTS,
            false,
            Optional.empty(),
            Optional.empty(),
            ProposalStyle.DEFAULT,
            EngineChoice.AUTO,
            Checks.IGNORED);
    return new Config(
        new Secrets(List.of(), Optional.empty()), Map.of(route.name(), route), Network.DEFAULT);
  }

  private static byte[] event() {
    Map<String, Object> event =
        Map.of(
            "version",
            "2.0",
            "rawPath",
            Intake.WEBHOOK_PATH,
            "requestContext",
            Map.of("stage", "$default", "http", Map.of("method", "POST")),
            "headers",
            DeliveryHeaders.of(
                "repository_dispatch",
                "priming",
                BODY.getBytes(StandardCharsets.UTF_8),
                Optional.of(SECRET)),
            "body",
            BODY);
    return JsonMapper.shared().writeValueAsBytes(event);
  }

  private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B unsent(
      B builder) {
    return builder
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .overrideConfiguration(
            options ->
                options
                    .addExecutionInterceptor(new Unsent())
                    .retryStrategy(DefaultRetryStrategy.doNotRetry()));
  }

  private static void readNothing(SecretsManagerClient secrets) {
    try {
      secrets.getSecretValue(request -> request.secretId("none"));
    } catch (SdkException expected) {
      // The request was built and signed, which is all that was wanted.
    }
  }

  /** Ends a request when it is ready to be sent. */
  private static final class Unsent implements ExecutionInterceptor {
    @Override
    public void beforeTransmission(BeforeTransmission context, ExecutionAttributes attributes) {
      throw AbortedException.create("not sent");
    }
  }
}
