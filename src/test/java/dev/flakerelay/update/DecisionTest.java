package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitCommand;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.TestRepository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an update makes of a revision, by where it stands in the source's history. */
@Tag("slow")
class DecisionTest {
  private final Path folder;
  private final Scene scene;
  private final TestRepository app;
  private final TestRepository target;
  private final Revision first;
  private final Revision second;

  DecisionTest(@TempDir Path folder) {
    this.folder = folder;
    scene = Scene.in(folder);
    app = scene.source("app");
    first = app.head("main");
    second = Scene.release(app, "2");
    target = scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.route("app");
  }

  @Test
  void theLockedRevisionChangesNothing() {
    Revision head = target.head("main");

    Outcome outcome = scene.update(second);

    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.UNCHANGED);
    assertThat(outcome.locked()).contains(second);
    assertThat(outcome.reason()).contains("that revision is locked already");
    assertThat(target.head("main")).isEqualTo(head);
  }

  @Test
  void theLockedRevisionMovesASubmoduleThatLagsBehind() {
    TestRepository work = scene.work().submodule("vendor/app", "https://example.org/app", first);
    work.commit("Pin");
    work.git("push", "--quiet", target.directory().toString(), "main");
    Revision before = target.head("main");
    scene.noRoutes().routeWith("app", ".", Scene.submodules("vendor/app"), "app");

    assertThat(scene.update(second).kind()).isEqualTo(Outcome.Kind.UPDATED);

    var expected = target.tree(before);
    assertThat(expected).containsEntry("vendor/app", "160000 " + first);
    expected.put("vendor/app", "160000 " + second);
    assertThat(target.tree(target.head("main"))).isEqualTo(expected);
    assertThat(scene.update(second).kind()).isEqualTo(Outcome.Kind.UNCHANGED);
  }

  @Test
  void anOlderRevisionIsSuperseded() {
    Outcome outcome = scene.update(first);

    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.SUPERSEDED);
    assertThat(outcome.locked()).contains(second);
    assertThat(outcome.reason()).contains("a newer revision is locked: " + second);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(second.hex());
  }

  @Test
  void anOlderRevisionIsLockedWhereThatIsAllowed() {
    scene.noRoutes().routeWith("app", ".", "    allow: [downgrade]\n", "app");

    assertThat(scene.update(first).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(first.hex());
  }

  @Test
  void aRewrittenBranchIsRejected() {
    Revision rewritten = rewriteBranch();

    assertThat(scene.rejected(rewritten))
        .contains(rewritten + " does not descend from the locked revision " + second)
        .contains("`nix flake update app`")
        .contains("`allow: [diverged]`");
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(second.hex());
  }

  @Test
  void aRewrittenBranchIsFollowedWhereThatIsAllowed() {
    Revision rewritten = rewriteBranch();
    scene.noRoutes().routeWith("app", ".", "    allow: [diverged]\n", "app");

    assertThat(scene.update(rewritten).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(rewritten.hex());
  }

  private Revision rewriteBranch() {
    app.git("reset", "--quiet", "--hard", first.hex());
    return Scene.release(app, "other 2");
  }

  @Test
  void aRevisionOfAnotherBranchIsRejected() {
    app.branch("feature");
    Revision feature = Scene.release(app, "3-beta");

    assertThat(scene.rejected(feature))
        .contains(feature + " is not on " + app.url() + " branch main")
        .contains("name the right branch as the route's source");
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(second.hex());
  }

  @Test
  void aRevisionThatTheSourceDoesNotHaveIsRejected() {
    Revision nowhere = new Revision("1234567890".repeat(4));

    assertThat(scene.rejected(nowhere)).contains(nowhere + " is not on " + app.url());
  }

  @Test
  void aRevisionOfAnotherHashIsRejectedAndHoldsUpNobody() {
    Revision sha256 = new Revision("a".repeat(64));
    assertThat(scene.rejected(sha256)).contains(sha256 + " is of a repository with SHA-256 ids");

    Revision third = Scene.release(app, "3");
    assertThat(Scene.kinds(scene.run(scene.job(sha256), scene.job(third))))
        .containsExactly(Outcome.Kind.REJECTED, Outcome.Kind.UPDATED);
  }

  @Test
  void theSourceOfTheRouteCountsAndNotTheReferenceInFlakeNix() {
    scene.noRoutes().routeWith("app", ".", "    source: git+" + app.url() + "?ref=stable\n", "app");
    app.branch("stable").checkout("main");
    Revision third = Scene.release(app, "3");

    assertThat(scene.rejected(third))
        .contains(third + " is not on " + app.url() + " branch stable");

    app.git("branch", "--quiet", "--force", "stable", "main");
    assertThat(scene.update(third).kind()).isEqualTo(Outcome.Kind.UPDATED);
  }

  @Test
  void theHistoryIsReadAsFarBackAsItTakes() {
    Revision last = manyReleases(450);
    Revision middle = app.head("main~225");

    assertThat(scene.update(middle).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(scene.update(last).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(scene.update(middle).kind()).isEqualTo(Outcome.Kind.SUPERSEDED);
    assertThat(scene.update(first).kind()).isEqualTo(Outcome.Kind.SUPERSEDED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(last.hex());
  }

  @Test
  void theHistoryIsReadAsFarBackAsItTakesOverHttp() {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      String source = "    source: git+" + server.url("app/.git") + "?ref=main\n";
      scene.noRoutes().routeWith("app", ".", source, "app");
      Revision last = manyReleases(450);

      assertThat(scene.update(last).kind()).isEqualTo(Outcome.Kind.UPDATED);
      assertThat(scene.update(first).kind()).isEqualTo(Outcome.Kind.SUPERSEDED);
    }
  }

  @Test
  void aLongSideBranchIsNotTakenForARewrittenBranch() {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      String source = "    source: git+" + server.url("app/.git") + "?ref=main\n";
      scene.noRoutes().routeWith("app", ".", source, "app");
      app.git("branch", "side");
      manyReleases("main", 100);
      Revision side = manyReleases("side", 300);
      app.git("reset", "--quiet", "--hard", "main");
      app.git("merge", "--quiet", "--no-edit", "side");

      assertThat(scene.update(side).kind()).isEqualTo(Outcome.Kind.UPDATED);
    }
  }

  private Revision manyReleases(int count) {
    return manyReleases("main", count);
  }

  private Revision manyReleases(String branch, int count) {
    String ref = "refs/heads/" + branch;
    StringBuilder stream = new StringBuilder();
    for (int i = 0; i < count; i++) {
      stream.append("commit " + ref + "\ncommitter T <t@example.org> ");
      stream
          .append(1_800_000_000 + i)
          .append(" +0000\ndata 1\n")
          .append(branch.charAt(0))
          .append("\n");
      stream.append(i == 0 ? "from " + ref + "^0\n" : "");
    }
    GitCommand.in(app.directory())
        .attempt(stream.toString().getBytes(StandardCharsets.US_ASCII), "fast-import", "--quiet")
        .succeeded();
    return app.head(branch);
  }

  @Test
  void whatTheConfigurationNoLongerNamesIsRejected() {
    Revision third = Scene.release(app, "3");
    var job = scene.job(third);

    scene.noRoutes().routeWith("other", ".", "", "app");
    assertThat(reason(job)).contains("has no route `app` any more: nothing was changed");

    scene.noRoutes().route("tools");
    assertThat(reason(job)).contains("does not name the input `app`");

    scene.noRoutes().routeWith("app", "hosts", "", "app");
    assertThat(reason(job)).contains("does not name the input `app`");
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(second.hex());
  }

  private String reason(Job job) {
    Outcome outcome = Scene.ended(scene.run(job).getFirst());
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REJECTED);
    return outcome.reason().orElseThrow();
  }
}
