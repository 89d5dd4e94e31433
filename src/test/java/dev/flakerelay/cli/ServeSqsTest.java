package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;

/** {@code serve --queue-url}, on ElasticMQ. */
@Tag("slow")
@Order(1)
class ServeSqsTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  // Held, because the logging framework forgets the level of a logger that nobody holds.
  private static final List<Logger> NOISE =
      List.of(Logger.getLogger("org.elasticmq"), Logger.getLogger("org.apache.pekko"));

  static {
    NOISE.forEach(logger -> logger.setLevel(Level.WARNING));
  }

  @Test
  void aDispatchBecomesACommitAtOnceAndAlsoAfterItFailedForGood(@TempDir Path folder)
      throws Exception {
    TestRepository source = Relayed.source(folder);
    SQSRestServer sqs = SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
    try (GitHttpServer git = GitHttpServer.serving(folder)) {
      URI endpoint =
          URI.create("http://127.0.0.1:" + sqs.waitUntilStarted().localAddress().getPort());
      Relayed relayed = Relayed.withSourceAt(folder, source, git.url("source/.git"));
      String queue = queue(endpoint);
      RelayProgram program =
          RelayProgram.in(folder.resolve("relay"))
              .with("AWS_ENDPOINT_URL", endpoint.toString())
              .with("AWS_REGION", "eu-central-1")
              .with("AWS_ACCESS_KEY_ID", "test")
              .with("AWS_SECRET_ACCESS_KEY", "test");
      try (ServeProcess serve = program.serve(relayed.config(), "--queue-url", queue)) {
        Revision first = relayed.release("1.1.0");
        dispatch(serve, first);
        assertThat(serve.outcome(first.hex()).path("outcome").asString()).isEqualTo("updated");

        Revision second = relayed.release("1.2.0");
        git.failNext(1, "/source", Fault.status(503));
        dispatch(serve, second);
        JsonNode failed = serve.outcome(second.hex());
        assertThat(failed.path("outcome").asString()).isEqualTo("failed");
        assertThat(failed.path("level").asString()).isEqualTo("error");
        assertThat(relayed.locked()).isEqualTo(first.hex());

        Await.until(
            SOON, () -> program.run("retry", "--queue-url", queue).text().contains(second.hex()));
        Execution put = program.run("retry", "--all", "--queue-url", queue);
        assertThat(put.text()).startsWith("put back ");
        assertThat(put.exit()).isZero();
        Await.until(SOON, () -> serve.outcomes(second.hex()).size() == 2);
        JsonNode updated = serve.outcomes(second.hex()).getLast();
        assertThat(updated.path("outcome").asString()).isEqualTo("updated");
        assertThat(updated.path("attempt").asInt()).isEqualTo(2);
        assertThat(relayed.locked()).isEqualTo(second.hex());
        assertThat(program.data().resolve("queue")).doesNotExist();
      }
    } finally {
      sqs.stopAndWait();
    }
  }

  private static void dispatch(ServeProcess serve, Revision revision) throws IOException {
    assertThat(serve.post("repository_dispatch", Relayed.dispatch(revision, "1")).statusCode())
        .isEqualTo(202);
  }

  /** A queue whose messages are received once. */
  private static String queue(URI endpoint) {
    try (SqsClient client =
        SqsClient.builder()
            .endpointOverride(endpoint)
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build()) {
      String dead = create(client, "update-dead.fifo", Map.of());
      String arn =
          client
              .getQueueAttributes(
                  request -> request.queueUrl(dead).attributeNames(QueueAttributeName.QUEUE_ARN))
              .attributes()
              .get(QueueAttributeName.QUEUE_ARN);
      String policy = "{\"deadLetterTargetArn\":\"" + arn + "\",\"maxReceiveCount\":\"1\"}";
      return create(client, "update.fifo", Map.of(QueueAttributeName.REDRIVE_POLICY, policy));
    }
  }

  private static String create(
      SqsClient client, String name, Map<QueueAttributeName, String> attributes) {
    Map<QueueAttributeName, String> all = new HashMap<>(attributes);
    all.put(QueueAttributeName.FIFO_QUEUE, "true");
    return client.createQueue(request -> request.queueName(name).attributes(all)).queueUrl();
  }
}
