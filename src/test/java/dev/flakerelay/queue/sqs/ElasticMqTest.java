package dev.flakerelay.queue.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Jobs;
import dev.flakerelay.support.SdkSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The SQS queue against ElasticMQ, which speaks SQS's API in this process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
@Order(1)
class ElasticMqTest extends SqsContract {
  // Held, because the logging framework forgets the level of a logger that nobody holds.
  private static final List<Logger> NOISE =
      List.of(Logger.getLogger("org.elasticmq"), Logger.getLogger("org.apache.pekko"));

  static {
    NOISE.forEach(logger -> logger.setLevel(Level.WARNING));
  }

  private final SQSRestServer server =
      SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
  private final URI endpoint =
      URI.create("http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort());

  @AfterAll
  void stop() {
    server.stopAndWait();
  }

  @Test
  void aQueueIsConnectedToByItsUrlAndTheSdksSettings() throws Exception {
    try (var _ = new SdkSettings(endpoint);
        JobQueue queue = SqsJobQueue.connect(queueUrl(Duration.ofMinutes(5), 5))) {
      queue.send(List.of(Jobs.job("main", 1)));
      assertThat(Jobs.numbers(queue.receive(10, Duration.ofSeconds(20)))).containsExactly(1);
    }
  }

  @Override
  protected URI endpoint() {
    return endpoint;
  }
}
