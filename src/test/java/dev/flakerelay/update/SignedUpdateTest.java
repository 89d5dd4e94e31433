package dev.flakerelay.update;

import static dev.flakerelay.update.publish.PullRequestFlow.outcome;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Revision;
import dev.flakerelay.audit.CommitAudit;
import dev.flakerelay.forge.Credentials;
import dev.flakerelay.forge.FixedToken;
import dev.flakerelay.forge.github.AppIdentity;
import dev.flakerelay.forge.github.GitHubApp;
import dev.flakerelay.git.BranchHistory;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.AppKeys;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHubApps;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.SshKeys;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits that are signed with a key, or by GitHub. */
@OneAtATime
@Tag("slow")
class SignedUpdateTest {
  private static final String GIT = "api.github.com/repos/acme/target/git/";

  @TempDir Path folder;
  private PullRequestFlow flow;
  private GitHubApps apps;
  private Credentials app;
  private Path key;

  @BeforeEach
  void hostEverything() {
    flow = new PullRequestFlow(folder, "source");
    key = SshKeys.make(folder.resolve("key"), "", "-t", "ed25519");
    apps = flow.forge.githubApps().register("1234", AppKeys.pair().getPublic());
    apps.install("1234", Map.of("contents", "write", "pull_requests", "write"), "acme/target");
    apps.install("1234", Map.of("contents", "read"), "acme/source");
    app =
        new GitHubApp(
            new AppIdentity(
                "github.com",
                "1234",
                SecretValues.fixed(List.of(new Secret(AppKeys.pkcs1(AppKeys.pair())))),
                InstantSource.system()),
            new FixedToken(SecretValues.fixed(List.of())));
  }

  @AfterEach
  void stop() {
    flow.close();
  }

  private List<Result> run(String publish, String sign, Revision revision) throws Exception {
    Signing signing = new Signing(SecretValues.fixed(List.of(new Secret(SshKeys.text(key)))));
    return flow.run(
        flow.config(publish, "source", sign),
        app,
        signing,
        flow.job("source", revision, "delivery-2"));
  }

  private Outcome update(String publish, String sign, Revision revision) throws Exception {
    Outcome outcome = outcome(run(publish, sign, revision));
    assertThat(outcome.kind()).as("%s", outcome.reason()).isEqualTo(Outcome.Kind.UPDATED);
    return outcome;
  }

  private void everyCommitIsTrue(int count, String branch) throws Exception {
    try (BranchHistory history = BranchHistory.open(flow.target.directory(), Optional.of(branch))) {
      assertThat(new CommitAudit(history).run())
          .hasSize(count)
          .allMatch(each -> each.finding() == CommitAudit.Finding.TRUE);
    }
  }

  @Test
  void commitsAreSignedWithTheKey() throws Exception {
    update("push", "ssh", flow.release("Second"));
    assertThat(SshKeys.verify(flow.target, "main", key).exit()).isZero();
    update("pull-request", "ssh", flow.release("Third"));
    assertThat(SshKeys.verify(flow.target, "flake-relay/source", key).exit()).isZero();
    everyCommitIsTrue(1, "main");
  }

  @Test
  void whatIsNoKeyIsToldAndTheJobTriedAgain() throws Exception {
    key = SshKeys.make(folder.resolve("locked"), "passphrase", "-t", "ed25519");
    Result result = run("push", "ssh", flow.release("Second")).getFirst();
    assertThat(result).isInstanceOf(Result.Again.class);
    assertThat(((Result.Again) result).why())
        .hasMessageContaining("secrets.signing: has a passphrase");
  }

  /** The lock is the one that is pushed, byte for byte, and so is everything else. */
  @Test
  void gitHubMakesTheCommitThatWasProven() throws Exception {
    flow.forge.githubRest().requireSignatures("main");
    Revision second = flow.release("Second");
    Outcome updated = update("push", "github", second);

    Revision head = flow.target.head("main");
    assertThat(updated.commit()).contains(head);
    assertThat(flow.locked("main", "source")).isEqualTo(second.hex());
    assertThat(flow.target.git("cat-file", "commit", "main")).contains("\ngpgsig ");
    assertThat(flow.target.log("main").getFirst().author()).contains("relay[bot]");
    assertThat(flow.target.git("diff", "--name-only", "main~1", "main")).isEqualTo("flake.lock");
    assertThat(flow.target.git("fsck", "--strict")).doesNotContain("error");
    everyCommitIsTrue(1, "main");

    Revision third = flow.release("Third");
    Outcome proposed = update("pull-request", "github", third);
    assertThat(proposed.commit()).contains(flow.target.head("flake-relay/source"));
    Revision fourth = flow.release("Fourth");
    update("pull-request", "github", fourth);
    assertThat(flow.locked("flake-relay/source", "source")).isEqualTo(fourth.hex());
    assertThat(outcome(run("pull-request", "github", fourth)).kind())
        .isEqualTo(Outcome.Kind.UNCHANGED);
    everyCommitIsTrue(2, "flake-relay/source");
  }

  /** Between the look at the branch and the move of it, and before both. */
  @Test
  void aPersonWhoIsFasterLosesNothing() throws Exception {
    for (String moment : List.of("ref/heads/main", "refs/heads/main")) {
      CountDownLatch letGo = new CountDownLatch(1);
      flow.forge.failNext(1, GIT + moment, new Fault.Held(letGo));
      Thread person =
          Thread.ofVirtual()
              .start(
                  () -> {
                    flow.awaitRequest("/git/" + moment);
                    flow.personPushes(moment);
                    letGo.countDown();
                  });
      Revision next = flow.release(moment);
      update("push", "github", next);
      person.join();
      assertThat(flow.locked("main", "source")).isEqualTo(next.hex());
      assertThat(flow.target.show(flow.target.head("main"), "README.md")).contains(moment);
    }
    everyCommitIsTrue(2, "main");
  }

  /** What `relay check --online` says before the first push does. */
  @Test
  void aBranchThatWantsSignaturesAndAPermissionThatIsMissingAreToldBefore() throws Exception {
    Repositories repositories = new Repositories(folder.resolve("check"), app);
    var job = flow.job("source", flow.first, "delivery-1");
    repositories.requirePublishing(
        job, requireNonNull(flow.config("push", "source").routes().get("tools")));

    flow.forge.githubRest().requireSignatures("main");
    assertThatThrownBy(
            () ->
                repositories.requirePublishing(
                    job, requireNonNull(flow.config("push", "source").routes().get("tools"))))
        .hasMessageContaining("set commit.sign to ssh or to github");
    repositories.requirePublishing(
        job, requireNonNull(flow.config("push", "source", "github").routes().get("tools")));

    apps.uninstall();
    apps.install("1234", Map.of("contents", "write"), "acme/target");
    assertThatThrownBy(
            () ->
                new Repositories(folder.resolve("check"), app)
                    .requirePublishing(
                        job,
                        requireNonNull(
                            flow.config("pull-request", "source", "github").routes().get("tools"))))
        .hasMessageContaining("pull_requests: write");
  }

  @Test
  void whatGitHubDoesNotSignIsNotPushed() throws Exception {
    Revision before = flow.target.head("main");
    app = new FixedToken(SecretValues.fixed(List.of(new Secret(PullRequestFlow.TOKEN))));
    Outcome refused = outcome(run("push", "github", flow.release("Second")));
    assertThat(refused.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(refused.reason().orElseThrow())
        .contains("did not sign")
        .contains("secrets.github-app");
    assertThat(flow.target.head("main")).isEqualTo(before);
  }
}
