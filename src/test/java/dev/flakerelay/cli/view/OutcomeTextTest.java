package dev.flakerelay.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.reconcile.Comparison;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What the command line prints of words that others wrote. */
class OutcomeTextTest {
  private static final String HOOK =
      "the server refused the push: no\nupdated: app of x\r\u001b[8m \u202eabc → Jürgen";

  private static final Outcome OUTCOME =
      new Outcome(
          Outcome.Kind.FAILED,
          new Job(
              "app",
              new TargetRef("file:///machines\nok", "main", "."),
              "app\u001b[2J",
              Job.Wanted.commit(new Revision("a".repeat(40))),
              Job.Request.by(Job.Cause.COMMAND, Instant.EPOCH),
              1),
          Optional.empty(),
          Optional.empty(),
          Optional.of("https://example.org/1\n2"),
          Optional.of(HOOK),
          Map.of(),
          Duration.ZERO,
          Optional.empty(),
          Optional.empty());

  @Test
  void wordsOfAServersHookForgeNoLineAndSteerNoTerminal() {
    assertThat(OutcomeText.of(OUTCOME))
        .isEqualTo(
            "failed: app [2J of file:///machines ok main to "
                + "a".repeat(40)
                + "\n  pull request: https://example.org/1 2"
                + "\n  why: the server refused the push: no updated: app of x [8m abc → Jürgen");
  }

  @Test
  void asJsonTheyAreEscaped() {
    String line = EventLog.json(OUTCOME.fields());

    assertThat(line).matches("[\\x20-\\x7e]+");
    assertThat(JsonMapper.shared().readTree(line).path("reason").asString())
        .isEqualTo(VisibleText.reason(HOOK));
  }

  @Test
  void aFindingIsOneLine() {
    Comparison.Finding finding =
        new Comparison.Finding.Failed(OUTCOME.job(), new RetryableException(HOOK));

    assertThat(FindingText.of(finding))
        .startsWith("app: file:///machines ok main app [2J: the server refused")
        .matches("[^\\p{Cc}\\p{Cf}]+");
  }
}
