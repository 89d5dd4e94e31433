package dev.flakerelay.update;

import static dev.flakerelay.update.publish.PullRequestFlow.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A route with {@code checks: required} locks what its source's own checks let through. */
@OneAtATime
@Tag("slow")
class CheckGateTest {
  @TempDir Path folder;
  private PullRequestFlow flow;
  private Revision revision;

  @BeforeEach
  void release() {
    flow = new PullRequestFlow(folder, "source");
    revision = flow.release("Second");
  }

  @AfterEach
  void stop() {
    flow.close();
  }

  private List<Result> run() throws Exception {
    return flow.run(
        flow.config("push\n    checks: required", "source"),
        flow.job("source", revision, "delivery-1"));
  }

  private Result.Again again() throws Exception {
    assertThat(run()).singleElement().isInstanceOf(Result.Again.class);
    return (Result.Again) run().getFirst();
  }

  @Test
  void whatIsPendingComesAgainAndWhatSucceededIsLocked() throws Exception {
    // More than one page of them.
    for (int i = 0; i < 130; i++) {
      flow.forge.githubRest().check("build-" + i, "completed", i % 2 == 0 ? "success" : "skipped");
    }
    flow.forge.githubRest().check("test", "in_progress", "");
    Result.Again pending = again();
    assertThat(pending.why().getMessage()).contains("have not ended: test");
    assertThat(pending.why().retryAfter()).contains(Duration.ofMinutes(1));

    flow.forge.githubRest().check("test", "completed", "failure");
    Outcome failed = outcome(run());
    assertThat(failed.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(failed.reason().orElseThrow()).contains("failed at its source: test");

    flow.forge.githubRest().check("test", "completed", "neutral");
    assertThat(outcome(run()).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.locked("main", "source")).isEqualTo(revision.hex());
  }

  @Test
  void whatNothingHasCheckedYetIsWaitedFor() throws Exception {
    assertThat(again().why().getMessage()).contains("nothing has checked " + revision);
  }
}
