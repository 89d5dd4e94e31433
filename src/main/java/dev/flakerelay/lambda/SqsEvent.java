package dev.flakerelay.lambda;

import dev.flakerelay.queue.Message;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lambda's SQS event, and the answer that names the messages which failed ("Using Lambda with
 * Amazon SQS").
 */
final class SqsEvent {
  private static final JsonMapper JSON = JsonMapper.shared();

  private SqsEvent() {}

  static List<Message> messages(InputStream event) throws IOException {
    try {
      List<Message> messages = new ArrayList<>();
      for (JsonNode entry : JSON.readTree(event).required("Records")) {
        JsonNode attributes = entry.required("attributes");
        messages.add(
            new Message(
                entry.required("messageId").stringValue(),
                entry.required("body").stringValue(),
                attributes.required("MessageGroupId").stringValue(),
                attributes.required("ApproximateReceiveCount").asInt(),
                Instant.ofEpochMilli(attributes.required("SentTimestamp").asLong()),
                entry.required("receiptHandle").stringValue()));
      }
      return messages;
    } catch (JacksonException e) {
      throw new IOException("this is not an SQS event: " + e.getOriginalMessage(), e);
    }
  }

  static byte[] response(List<String> failed) {
    List<Map<String, String>> failures =
        failed.stream().map(id -> Map.of("itemIdentifier", id)).toList();
    return JSON.writeValueAsBytes(Map.of("batchItemFailures", failures));
  }
}
