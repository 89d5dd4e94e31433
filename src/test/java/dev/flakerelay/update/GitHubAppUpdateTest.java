package dev.flakerelay.update;

import static dev.flakerelay.update.publish.PullRequestFlow.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.config.Config;
import dev.flakerelay.forge.Credentials;
import dev.flakerelay.forge.FixedToken;
import dev.flakerelay.forge.github.AppIdentity;
import dev.flakerelay.forge.github.GitHubApp;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.AppKeys;
import dev.flakerelay.support.GitHubApps;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A private target and a private source that a GitHub App opens, and no token. */
@OneAtATime
@Tag("slow")
class GitHubAppUpdateTest {
  @TempDir Path folder;
  private PullRequestFlow flow;
  private GitHubApps apps;
  private Credentials app;

  @BeforeEach
  void installAnApp() {
    flow = new PullRequestFlow(folder, "source");
    apps = flow.forge.githubApps().register("1234", AppKeys.pair().getPublic());
    apps.install("1234", Map.of("contents", "write", "pull_requests", "write"), "acme/target");
    apps.install("1234", Map.of("contents", "read"), "acme/source");
    SecretValues key = SecretValues.fixed(List.of(new Secret(AppKeys.pkcs1(AppKeys.pair()))));
    app =
        new GitHubApp(
            new AppIdentity("github.com", "1234", key, InstantSource.system()),
            new FixedToken(SecretValues.fixed(List.of())));
  }

  @AfterEach
  void stop() {
    flow.close();
  }

  private Outcome update(String publish, Revision revision) throws Exception {
    Config config = flow.config(publish, "source");
    return outcome(flow.run(config, app, flow.job("source", revision, "delivery-2")));
  }

  @Test
  void eachStepHasATokenForItsRepositoryAndItsPurpose() throws Exception {
    Outcome pushed = update("push", flow.release("Second"));
    assertThat(pushed.kind()).as("%s", pushed.reason()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(apps.issued())
        .extracting(each -> each.repository() + " " + each.permissions())
        .containsExactlyInAnyOrder("acme/target {contents=write}", "acme/source {contents=read}");

    Outcome proposed = update("pull-request", flow.release("Third"));
    assertThat(proposed.kind()).as("%s", proposed.reason()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.forge.githubRest().pullRequests()).hasSize(1);
  }

  /** As when the machine slept, or the owner took the token back. */
  @Test
  void aTokenThatEndsInTheMiddleOfAJobIsMadeAnew() throws Exception {
    for (String moment :
        List.of(
            "GET /acme/target.git/info/refs",
            "POST /acme/target.git/git-upload-pack",
            "GET /repos/acme/source/",
            "GET /repos/acme/source/tarball",
            "POST /acme/target.git/git-receive-pack")) {
      apps.endTokensAt(moment);
      Revision next = flow.release(moment);
      Outcome updated = update("push", next);
      assertThat(updated.kind())
          .as("%s: %s", moment, updated.reason())
          .isEqualTo(Outcome.Kind.UPDATED);
      assertThat(apps.tokensHaveEnded()).as(moment).isTrue();
      assertThat(flow.locked("main", "source")).isEqualTo(next.hex());
    }
    for (String moment : List.of("GET /repos/acme/target/pulls", "POST /repos/acme/target/pulls")) {
      apps.endTokensAt(moment);
      Outcome proposed = update("pull-request", flow.release(moment));
      assertThat(proposed.kind())
          .as("%s: %s", moment, proposed.reason())
          .isEqualTo(Outcome.Kind.UPDATED);
    }
  }

  @Test
  void aPrivateSourceWithoutTheAppIsNotThere() throws Exception {
    apps.uninstall();
    apps.install("1234", Map.of("contents", "write"), "acme/target");
    Outcome refused = update("push", flow.release("Second"));
    assertThat(refused.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(refused.reason().orElseThrow()).contains("acme/source");
  }

  @Test
  void aTokenThatMayOnlyReadIsToldWithWhatIsMissing() throws Exception {
    apps.uninstall();
    apps.install("1234", Map.of("contents", "read"), "acme/target", "acme/source");
    Outcome refused = update("push", flow.release("Second"));
    assertThat(refused.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(refused.reason().orElseThrow())
        .contains("not granted to this installation")
        .contains("contents: write");
  }
}
