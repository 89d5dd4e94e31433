package dev.flakerelay.update.publish;

import static dev.flakerelay.update.publish.PullRequestFlow.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.update.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OneAtATime
@Tag("slow")
class SharedPullRequestTest {
  private static final String OWN = "flake-relay/source+tools";

  @TempDir Path folder;

  @Test
  void inputsOfOneDispatchShareAPullRequestHoweverTheirJobsArrive() throws Exception {
    try (PullRequestFlow flow = new PullRequestFlow(folder, "source", "tools")) {
      Revision second = flow.release("Second");
      String inputs = "source, tools";

      Outcome one = outcome(flow.run(inputs, flow.job("source", second, "delivery-2")));
      Revision own = flow.target.head(OWN);
      Outcome other = outcome(flow.run(inputs, flow.job("tools", second, "delivery-2")));

      assertThat(one.kind()).isEqualTo(Outcome.Kind.UPDATED);
      assertThat(other.kind()).isEqualTo(Outcome.Kind.UNCHANGED);
      assertThat(flow.target.head(OWN)).isEqualTo(own);
      assertThat(flow.locked(OWN, "source")).isEqualTo(second.hex());
      assertThat(flow.locked(OWN, "tools")).isEqualTo(second.hex());
      assertThat(flow.pullRequests()).hasSize(1);
      assertThat(flow.pullRequests().getFirst().body()).contains("- `source`", "- `tools`");

      Revision third = flow.release("Third");
      assertThat(
              flow.run(
                  inputs,
                  flow.job("source", third, "delivery-3"),
                  flow.job("tools", third, "delivery-3")))
          .allSatisfy(
              result ->
                  assertThat(((Result.Ended) result).outcome().kind())
                      .isEqualTo(Outcome.Kind.UPDATED));
      assertThat(flow.pullRequests()).hasSize(1);
      assertThat(flow.target.log(OWN).getFirst().parents())
          .containsExactly(flow.target.head("main"));
    }
  }
}
