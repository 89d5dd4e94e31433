package dev.flakerelay.queue.sqs;

import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.JobQueueContract;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The contract for something that speaks SQS's API. */
public abstract class SqsContract extends JobQueueContract {
  private SqsClient client = client(URI.create("http://unused.invalid"));
  private String lastUrl = "";

  /** Where SQS answers. */
  protected abstract URI endpoint();

  @BeforeEach
  void connect() {
    client.close();
    client = client(endpoint());
  }

  static SqsClient client(URI endpoint) {
    return client(endpoint, Duration.ofSeconds(30));
  }

  /** A client that waits so long for the next byte. */
  static SqsClient client(URI endpoint, Duration patience) {
    return SqsClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(patience))
        .build();
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Override
  protected JobQueue queue(Duration visibilityTimeout, int maxReceiveCount) {
    lastUrl = queueUrl(visibilityTimeout, maxReceiveCount);
    return new SqsJobQueue(lastUrl, client);
  }

  /** Creates a queue with its dead-letter queue. */
  final String queueUrl(Duration visibilityTimeout, int maxReceiveCount) {
    String name = "update-" + UUID.randomUUID();
    String deadLetters = create(name + "-dead.fifo", Map.of());
    String arn =
        client
            .getQueueAttributes(
                request ->
                    request.queueUrl(deadLetters).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN);
    return create(
        name + ".fifo",
        Map.of(
            QueueAttributeName.VISIBILITY_TIMEOUT,
            Long.toString(visibilityTimeout.toSeconds()),
            QueueAttributeName.REDRIVE_POLICY,
            "{\"deadLetterTargetArn\":\"%s\",\"maxReceiveCount\":\"%d\"}"
                .formatted(arn, maxReceiveCount)));
  }

  private String create(String name, Map<QueueAttributeName, String> attributes) {
    Map<QueueAttributeName, String> all = new HashMap<>(attributes);
    all.put(QueueAttributeName.FIFO_QUEUE, "true");
    return client.createQueue(request -> request.queueName(name).attributes(all)).queueUrl();
  }

  @Override
  protected void put(JobQueue queue, String group, String body) {
    client.sendMessage(
        request ->
            request
                .queueUrl(lastUrl)
                .messageBody(body)
                .messageGroupId(group)
                .messageDeduplicationId(UUID.randomUUID().toString()));
  }
}
