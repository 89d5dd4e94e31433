package dev.flakerelay.queue;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an SQS queue's {@code RedrivePolicy} attribute says, as "SetQueueAttributes" in the Amazon
 * SQS API reference describes it.
 *
 * @param deadLetters the dead-letter queue's name, if there is one
 * @param maxReceiveCount how often a message is received before it goes there
 */
public record RedrivePolicy(Optional<String> deadLetters, int maxReceiveCount) {

  /** Reads the attribute's JSON; an absent one means that messages are never given up. */
  public static RedrivePolicy parse(@Nullable String json) {
    if (json == null || json.isEmpty()) {
      return new RedrivePolicy(Optional.empty(), Integer.MAX_VALUE);
    }
    JsonNode policy = JsonMapper.shared().readTree(json);
    String arn = policy.path("deadLetterTargetArn").asString();
    // The count is written as a number by AWS and as a string by some that imitate it.
    return new RedrivePolicy(
        Optional.of(arn.substring(arn.lastIndexOf(':') + 1)),
        policy.path("maxReceiveCount").asInt());
  }
}
