package dev.flakerelay.queue.sqs;

import dev.flakerelay.queue.Message;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * Receives from an SQS queue.
 *
 * @param shortest what a call waits at least for a first message
 */
record SqsReceiver(URI url, SqsClient client, Duration shortest) {
  /** Receives up to {@code max} messages, and waits for a first one. */
  List<Message> receive(int max, Duration wait) {
    Duration poll = wait.compareTo(shortest) < 0 ? shortest : wait;
    Duration time = SqsConnection.CALL_TIME.plus(poll);
    return client
        .receiveMessage(
            request ->
                request
                    .queueUrl(url.toString())
                    .maxNumberOfMessages(max)
                    .waitTimeSeconds(seconds(poll))
                    .messageSystemAttributeNames(
                        MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                        MessageSystemAttributeName.SENT_TIMESTAMP,
                        MessageSystemAttributeName.MESSAGE_GROUP_ID)
                    .overrideConfiguration(options -> options.apiCallTimeout(time)))
        .messages()
        .stream()
        .map(SqsReceiver::message)
        .toList();
  }

  private static Message message(software.amazon.awssdk.services.sqs.model.Message received) {
    var attributes = received.attributes();
    return new Message(
        received.messageId(),
        received.body(),
        attributes.getOrDefault(MessageSystemAttributeName.MESSAGE_GROUP_ID, ""),
        Integer.parseInt(
            attributes.getOrDefault(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1")),
        Instant.ofEpochMilli(
            Long.parseLong(
                attributes.getOrDefault(MessageSystemAttributeName.SENT_TIMESTAMP, "0"))),
        received.receiptHandle());
  }

  /** SQS counts in whole seconds; rounded up, so that nothing comes back too soon. */
  static int seconds(Duration duration) {
    return Math.toIntExact(duration.plusNanos(999_999_999).toSeconds());
  }
}
