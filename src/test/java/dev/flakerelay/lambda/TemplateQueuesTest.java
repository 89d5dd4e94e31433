package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.nix.NixLimits;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** No job is lost, held up or tried too soon by how the queues and their functions are set up. */
class TemplateQueuesTest {
  private static final int DAYS_14 = 14 * 24 * 60 * 60;

  private final Template template = Template.read();

  @Test
  void bothQueuesAreFifoEncryptedAndPatient() {
    Map<String, JsonNode> queues = template.resources(Template.QUEUE);
    assertThat(queues).containsOnlyKeys("UpdateQueue", "UpdateDeadLetterQueue");
    assertThat(queues.values())
        .allSatisfy(
            queue -> {
              JsonNode properties = queue.get("Properties");
              assertThat(properties.get("FifoQueue").booleanValue()).isTrue();
              assertThat(properties.at("/QueueName/Fn::Sub").stringValue()).endsWith(".fifo");
              assertThat(properties.get("SqsManagedSseEnabled").booleanValue()).isTrue();
              assertThat(properties.get("MessageRetentionPeriod").intValue()).isEqualTo(DAYS_14);
            });
  }

  /** "Creating and configuring an Amazon SQS event source mapping", Lambda developer guide. */
  @ParameterizedTest
  @CsvSource({"UpdateQueue, UpdateFunction", "UpdateDeadLetterQueue, RetryFunction"})
  void aMessageIsHiddenForSixTimesTheTimeout(String queue, String function) {
    assertThat(template.properties(queue).get("VisibilityTimeout").intValue())
        .isGreaterThanOrEqualTo(6 * template.properties(function).get("Timeout").intValue());
  }

  @Test
  void aJobHasFiveTriesBeforeItIsADeadLetter() {
    JsonNode policy = template.properties("UpdateQueue").get("RedrivePolicy");
    assertThat(policy.get("maxReceiveCount").intValue()).isGreaterThanOrEqualTo(5);
    assertThat(policy.get("deadLetterTargetArn")).isEqualTo(Template.arn("UpdateDeadLetterQueue"));
  }

  @Test
  void oneFailedJobDoesNotFailItsBatch() {
    JsonNode mapping = template.properties("UpdateFunction").at("/Events/Jobs/Properties");
    assertThat(mapping.get("Queue")).isEqualTo(Template.arn("UpdateQueue"));
    assertThat(mapping.at("/FunctionResponseTypes/0").stringValue())
        .isEqualTo("ReportBatchItemFailures");
    assertThat(mapping.get("BatchSize").intValue()).isEqualTo(10);
    assertThat(mapping.at("/ScalingConfig/MaximumConcurrency"))
        .isEqualTo(Template.ref("UpdateConcurrency"));
  }

  /** A job for which too little time is left waits for the next invocation. */
  @Test
  void anInvocationHasTimeForMoreThanTheLongestRunOfNix() {
    assertThat(template.properties("UpdateFunction").get("Timeout").intValue())
        .isGreaterThan(2 * Math.toIntExact(NixLimits.DEFAULT.time().toSeconds()));
  }
}
