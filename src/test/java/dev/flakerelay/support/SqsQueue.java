package dev.flakerelay.support;

import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.sqs.SqsJobQueue;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * A FIFO queue on LocalStack.
 *
 * @param url the queue's URL
 */
public record SqsQueue(AwsCommand aws, String url) {

  /** Queues jobs. */
  public void send(List<Job> jobs) throws QueueUnavailableException {
    try (var _ = new SdkSettings(aws.endpoint());
        JobQueue queue = SqsJobQueue.connect(url)) {
      queue.send(jobs);
    }
  }

  /** Queues any text at the end of a group. */
  public void send(String group, String body) {
    aws.run(
        "sqs send-message",
        Map.of(
            "--queue-url", url,
            "--message-group-id", group,
            "--message-deduplication-id", UUID.randomUUID().toString(),
            "--message-body", body));
  }

  /** Whether it has no message, neither visible nor in somebody's hands. */
  public boolean isEmpty() {
    return attribute("ApproximateNumberOfMessages").equals("0")
        && attribute("ApproximateNumberOfMessagesNotVisible").equals("0");
  }

  /** Lets messages become dead letters after this many receives. */
  public void dieAfter(int receives, SqsQueue deadLetters) {
    String policy =
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "deadLetterTargetArn",
                    deadLetters.attribute("QueueArn"),
                    "maxReceiveCount",
                    receives));
    set("RedrivePolicy", policy);
  }

  /** Deletes all messages, also those in somebody's hands. */
  public void purge() {
    aws.run("sqs purge-queue", Map.of("--queue-url", url));
  }

  private void set(String attribute, String value) {
    String attributes = JsonMapper.shared().writeValueAsString(Map.of(attribute, value));
    aws.run("sqs set-queue-attributes", Map.of("--queue-url", url, "--attributes", attributes));
  }

  private String attribute(String name) {
    return aws.run(
            "sqs get-queue-attributes", Map.of("--queue-url", url, "--attribute-names", name))
        .at("/Attributes/" + name)
        .asString();
  }
}
