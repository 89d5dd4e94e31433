package dev.flakerelay.queue.sqs;

import java.net.URI;
import org.junit.jupiter.api.Tag;

/** The SQS queue against LocalStack, whose SQS is another one than ElasticMQ's. */
@Tag("localstack")
class LocalStackSqsTest extends SqsContract {
  @Override
  protected URI endpoint() {
    return URI.create(System.getProperty("localstack.endpoint"));
  }
}
