package dev.flakerelay.support;

import java.time.Duration;
import java.util.Map;

/**
 * What invokes a Lambda function with a queue's messages, on LocalStack.
 *
 * @param id the mapping's UUID
 */
public record EventSourceMapping(AwsCommand aws, String id) {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Lets messages gather in the queue until {@link #resume}, so that they come as one batch. */
  public void pause() {
    update("--no-enabled", "Disabled");
  }

  /** Undoes {@link #pause}. */
  public void resume() {
    update("--enabled", "Enabled");
  }

  private void update(String option, String state) {
    aws.run("lambda update-event-source-mapping " + option, Map.of("--uuid", id));
    Await.until(PATIENCE, () -> state().equals(state));
  }

  private String state() {
    return aws.run("lambda get-event-source-mapping", Map.of("--uuid", id))
        .path("State")
        .asString();
  }
}
