package dev.flakerelay.queue;

import java.net.URI;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** The SQS queue against ElasticMQ, which speaks SQS's API in this process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ElasticMqTest extends SqsContract {
  private final SQSRestServer server =
      SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start();
  private final URI endpoint =
      URI.create("http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort());

  @AfterAll
  void stop() {
    server.stopAndWait();
  }

  @Override
  protected URI endpoint() {
    return endpoint;
  }
}
