package dev.flakerelay.update.publish;

import static dev.flakerelay.update.publish.PullRequestFlow.PULLS;
import static dev.flakerelay.update.publish.PullRequestFlow.TOKEN;
import static dev.flakerelay.update.publish.PullRequestFlow.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHubRest;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.Request;
import dev.flakerelay.update.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OneAtATime
@Tag("slow")
class PullRequestUpdateTest {
  private static final String OWN = "flake-relay/source";

  @TempDir Path folder;
  private PullRequestFlow flow;
  private Revision main;

  @BeforeEach
  void hostEverything() {
    flow = new PullRequestFlow(folder, "source");
    main = flow.target.head("main");
  }

  @AfterEach
  void stop() {
    assertThatNoOtherHostSawTheToken();
    flow.close();
  }

  private void assertThatNoOtherHostSawTheToken() {
    assertThat(flow.forge.requests())
        .filteredOn(Request::authorized)
        .extracting(Request::host)
        .containsAnyOf("github.com", "api.github.com")
        .isSubsetOf("github.com", "api.github.com");
  }

  private Outcome update(Revision revision, String delivery) throws Exception {
    return outcome(flow.run("source", flow.job("source", revision, delivery)));
  }

  @Test
  void aReleaseOpensAPullRequestAndTheNextOneUpdatesIt() throws Exception {
    Revision second = flow.release("Second");

    Outcome opened = update(second, "delivery-2");

    Revision own = flow.target.head(OWN);
    assertThat(opened.kind()).as("%s", opened).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(opened.commit()).contains(own);
    assertThat(opened.locked()).contains(flow.first);
    assertThat(opened.fields())
        .containsEntry("pull_request", "https://github.com/acme/target/pull/1")
        .containsEntry("commit", own.hex());
    assertThat(flow.target.head("main")).isEqualTo(main);
    assertThat(flow.target.log(OWN).getFirst().parents()).containsExactly(main);
    assertThat(flow.target.git("diff", "--name-only", main.hex(), own.hex()))
        .isEqualTo("flake.lock");
    assertThat(flow.locked(OWN, "source")).isEqualTo(second.hex());
    GitHubRest.PullRequest pull = flow.pullRequests().getFirst();
    assertThat(pull.head()).isEqualTo(OWN);
    assertThat(pull.base()).isEqualTo("main");
    assertThat(pull.title())
        .isEqualTo("chore: bump source to v1.2.3 (" + second.abbreviated() + ")")
        .isEqualTo(flow.target.log(OWN).getFirst().message().lines().findFirst().orElseThrow());
    assertThat(pull.body())
        .contains("`source`: from `" + flow.first + "` to `" + second + "`")
        .contains("https://github.com/acme/source/compare/" + flow.first + "..." + second)
        .contains("Delivery: `delivery-2`")
        .contains("A later release updates this pull request");

    Revision third = flow.release("Third");
    Outcome updated = update(third, "delivery-3");

    assertThat(updated.kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.locked(OWN, "source")).isEqualTo(third.hex());
    assertThat(flow.target.log(OWN).getFirst().parents()).containsExactly(main);
    assertThat(flow.pullRequests()).hasSize(1);
    assertThat(flow.pullRequests().getFirst().title()).contains(third.abbreviated());
    assertThat(flow.pullRequests().getFirst().body()).contains("delivery-3", third.hex());
  }

  @Test
  void aRedeliveryChangesNothing() throws Exception {
    Revision second = flow.release("Second");
    update(second, "delivery-2");
    Revision own = flow.target.head(OWN);
    List<GitHubRest.PullRequest> pulls = flow.pullRequests();

    Outcome again = update(second, "delivery-2");
    Outcome byAnotherTrigger = update(second, "delivery-of-the-push");

    for (Outcome outcome : List.of(again, byAnotherTrigger)) {
      assertThat(outcome.kind()).isEqualTo(Outcome.Kind.UNCHANGED);
      assertThat(outcome.pullRequest()).contains("https://github.com/acme/target/pull/1");
    }
    assertThat(flow.target.head(OWN)).isEqualTo(own);
    assertThat(flow.pullRequests()).isEqualTo(pulls);
  }

  @Test
  void anOlderReleaseThatComesLateDoesNotReplaceTheNewerOne() throws Exception {
    Revision second = flow.release("Second");
    Revision third = flow.release("Third");
    update(third, "delivery-3");
    Revision own = flow.target.head(OWN);

    Outcome late = update(second, "delivery-2");

    assertThat(late.kind()).isEqualTo(Outcome.Kind.SUPERSEDED);
    assertThat(late.reason()).get().asString().contains(third.hex());
    assertThat(flow.target.head(OWN)).isEqualTo(own);
  }

  @Test
  void aMergedPullRequestLeavesNothingToDoAndTheNextReleaseOpensAnother() throws Exception {
    Revision second = flow.release("Second");
    update(second, "delivery-2");
    flow.merge(1);

    Outcome after = update(second, "delivery-2");

    assertThat(after.kind()).isEqualTo(Outcome.Kind.UNCHANGED);
    assertThat(after.locked()).contains(second);
    assertThat(flow.pullRequests()).hasSize(1);

    Revision merged = flow.target.head("main");
    Revision third = flow.release("Third");
    assertThat(update(third, "delivery-3").kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.pullRequests()).hasSize(2);
    assertThat(flow.target.log(OWN).getFirst().parents()).containsExactly(merged);
    assertThat(flow.target.head("main")).isEqualTo(merged);
  }

  @Test
  void aPersonsCommitOnTheBranchIsTakenInByTheNextDelivery() throws Exception {
    Revision second = flow.release("Second");
    update(second, "delivery-2");
    Revision byAPerson = flow.personPushes();

    Outcome again = update(second, "delivery-2");

    assertThat(again.kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.target.log(OWN).getFirst().parents()).containsExactly(byAPerson);
    assertThat(flow.locked(OWN, "source")).isEqualTo(second.hex());
    assertThat(flow.pullRequests()).hasSize(1);
  }

  @Test
  void aBranchThatMayNotBePushedToIsRejectedInTheServersWords() throws Exception {
    Path hook = flow.target.directory().resolve("hooks/update");
    Programs.write(hook, "#!/bin/sh\necho 'GH013: Repository rule violations' >&2\nexit 1\n");

    Outcome refused = update(flow.release("Second"), "delivery-2");

    assertThat(refused.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(refused.reason())
        .get()
        .asString()
        .contains("GH013: Repository rule violations", OWN)
        .doesNotContain(TOKEN);
    assertThat(flow.pullRequests()).isEmpty();
  }

  @Test
  void aRateLimitIsWaitedForBeforeAnythingIsPushed() throws Exception {
    Map<String, String> limit =
        Map.of(
            "x-ratelimit-remaining",
            "0",
            "x-ratelimit-reset",
            Long.toString(Instant.now().plusSeconds(600).getEpochSecond()));
    flow.forge.failNext(
        1, PULLS, new Fault.Status(403, limit, "{\"message\":\"API rate limit exceeded\"}"));
    Revision second = flow.release("Second");

    List<Result> results = flow.run("source", flow.job("source", second, "delivery-2"));

    assertThat(results).singleElement().isInstanceOf(Result.Again.class);
    Result.Again again = (Result.Again) results.getFirst();
    assertThat(again.why().retryAfter().orElseThrow()).isGreaterThan(Duration.ofSeconds(500));
    assertThat(again.why()).hasMessageContaining("API rate limit exceeded");
    assertThat(flow.target.attempt("rev-parse", "--verify", OWN).exit()).isNotZero();
  }

  @Test
  void anApiThatFailsAfterThePushIsTriedAgainWithoutASecondCommit() throws Exception {
    flow.forge.failNext(1, PULLS, new Fault.Late(Duration.ZERO)); // the first question is answered
    flow.forge.failNext(1, PULLS, Fault.status(502));
    Revision second = flow.release("Second");

    List<Result> results = flow.run("source", flow.job("source", second, "delivery-2"));

    assertThat(results).singleElement().isInstanceOf(Result.Again.class);
    Revision own = flow.target.head(OWN);
    assertThat(flow.pullRequests()).isEmpty();

    Outcome completed = update(second, "delivery-2");
    assertThat(completed.kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(completed.commit()).contains(own);
    assertThat(flow.target.head(OWN)).isEqualTo(own);
    assertThat(flow.pullRequests()).hasSize(1);
    assertThat(update(second, "delivery-2").kind()).isEqualTo(Outcome.Kind.UNCHANGED);
  }

  @Test
  void anApiThatFailsAtAnUpdateIsTriedAgainAndThenSaysTheTruth() throws Exception {
    update(flow.release("Second"), "delivery-2");
    flow.forge.failNext(1, PULLS + "/1", Fault.status(502));
    Revision third = flow.release("Third");
    List<Result> results = flow.run("source", flow.job("source", third, "delivery-3"));
    assertThat(results).singleElement().isInstanceOf(Result.Again.class);

    assertThat(update(third, "delivery-3").kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.pullRequests().getFirst().body()).contains("delivery-3", third.hex());
  }

  @Test
  void aTokenWithoutTheRightToOpenPullRequestsIsRejected() throws Exception {
    String words = "{\"message\":\"Resource not accessible by personal access token\"}";
    flow.forge.failNext(1, PULLS, new Fault.Status(403, Map.of(), words));

    Outcome refused = update(flow.release("Second"), "delivery-2");

    assertThat(refused.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(refused.reason())
        .get()
        .asString()
        .contains("Resource not accessible by personal access token", "pull_requests");
  }
}
