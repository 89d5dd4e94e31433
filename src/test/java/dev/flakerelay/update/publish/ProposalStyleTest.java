package dev.flakerelay.update.publish;

import static dev.flakerelay.update.publish.PullRequestFlow.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.GitHubIssues;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.TestForge;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pull request has besides title and commit, and whose work it never undoes. */
@OneAtATime
@Tag("slow")
class ProposalStyleTest {
  private static final String OWN = "flake-relay/source";

  @TempDir Path folder;
  private PullRequestFlow flow;
  private GitHubIssues issues;

  @BeforeEach
  void hostEverything() {
    flow = new PullRequestFlow(folder, "source");
    issues = flow.forge.githubRest().issues();
  }

  @AfterEach
  void stop() {
    flow.close();
  }

  private Outcome update(Revision revision) throws Exception {
    return outcome(flow.run("source", flow.job("source", revision, "d")));
  }

  @Test
  void labelsReviewersAndTheMergeAreSeenTo() throws Exception {
    flow.style(
        "    pull-request: { labels: [dependencies, nix], reviewers: [me], team-reviewers: [ops],"
            + " auto-merge: true }");
    Revision commit = flow.release("Fix @somebody's build, fixes #1 and closes acme/x#2, GH-3");
    Outcome opened = update(commit);
    assertThat(opened.kind()).as("%s", opened).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(opened.reason()).isEmpty();
    assertThat(issues.labels(1)).containsExactly("dependencies", "nix");
    assertThat(issues.reviewers(1)).containsExactly("me", "team:ops");
    assertThat(issues.mergesAt(1)).isEqualTo(flow.target.head(OWN).hex());
    String body = flow.pullRequests().getFirst().body();
    assertThat(body)
        .contains("Commits of the source:", "`Fix @\u200bsomebody's build, fixes #\u200b1")
        .contains("acme/x#\u200b2", "GH-\u200b3")
        .doesNotContainPattern("[@#]\\w");
  }

  @Test
  void whatTheForgeRefusesIsToldAndTheRequestIsThere() throws Exception {
    issues.refuseAutoMerge();
    flow.style("    pull-request: { reviewers: [nobody], auto-merge: true }");
    Outcome opened = update(flow.release("Second"));
    assertThat(opened.kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(opened.reason().orElse(""))
        .contains("Reviews may only be requested from collaborators")
        .contains("Auto merge is not allowed for this repository");
    assertThat(issues.labels(1)).containsExactly("dependencies");

    // That nothing is merged by itself there is no news any more.
    Outcome changed = update(flow.release("Third"));
    assertThat(changed.kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(changed.reason().orElse(""))
        .contains("Reviews may only be requested from collaborators")
        .doesNotContain("Auto merge");
  }

  @Test
  void commitsAreComparedOnAForgeThatTheConfigurationNames() throws Exception {
    String reference = "git+https://" + TestForge.PLAIN_HOST + "/acme/source.git?ref=main";
    flow.close();
    flow = PullRequestFlow.from(folder.resolve("elsewhere"), TestForge.PLAIN_HOST, reference);
    flow.style("forges: { git.example.org: forgejo }");
    Revision second = flow.release("Second");
    assertThat(update(second).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.pullRequests().getFirst().body())
        .contains(
            "([compare](https://git.example.org/acme/source/compare/"
                + flow.first
                + "..."
                + second
                + "))");
  }

  @Test
  void aPersonsCommitOnOurBranchStays() throws Exception {
    update(flow.release("Second"));
    Path person = folder.resolve("person");
    flow.target.git("worktree", "add", "--quiet", person.toString(), OWN);
    flow.target.git(
        "-C",
        person.toString(),
        "-c",
        "user.name=A person",
        "-c",
        "user.email=person@example.org",
        "commit",
        "--quiet",
        "--amend",
        "--no-edit");
    Revision theirs = flow.target.head(OWN);
    for (int i = 0; i < 2; i++) {
      Outcome refused = update(flow.release("Third " + i));
      assertThat(refused.kind()).isEqualTo(Outcome.Kind.REJECTED);
      assertThat(refused.reason().orElse("")).contains("commit of somebody else", OWN);
    }
    assertThat(flow.target.head(OWN)).isEqualTo(theirs);
    assertThat(issues.comments(1)).singleElement().asString().contains("is not overwritten");
  }

  @Test
  void aRequestForWhatTheBranchHasIsClosedWithASentence() throws Exception {
    Revision second = flow.release("Second");
    update(second);
    flow.target.git("update-ref", "refs/heads/main", "refs/heads/" + OWN);
    Outcome again = update(second);
    assertThat(again.kind()).isEqualTo(Outcome.Kind.UNCHANGED);
    assertThat(flow.pullRequests().getFirst().state()).isEqualTo("closed");
    assertThat(issues.comments(1)).containsExactly("`main` locks `" + second + "` already.");
  }
}
