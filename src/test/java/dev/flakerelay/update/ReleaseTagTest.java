package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Reasons;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is locked for a release, and what for the object of an annotated tag. */
@Tag("slow")
class ReleaseTagTest {
  private final Scene scene;
  private final TestRepository app;
  private final TestRepository target;

  ReleaseTagTest(@TempDir Path folder) {
    scene = Scene.in(folder);
    app = scene.source("app");
    target = scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.route("app");
  }

  private Job release(String tag, Instant seen) {
    Job job = scene.job(Revision.NONE);
    return new Job(
        job.route(),
        job.flake(),
        job.input(),
        new Job.Wanted(Revision.NONE, Optional.of(tag), Optional.of(new Version("1.2.0"))),
        new Job.Request(job.cause(), job.delivery(), seen),
        1);
  }

  private Result run(Job job) {
    return scene.update().run(List.of(job)).getFirst();
  }

  private Revision tagObject(String tag) {
    return new Revision(app.git("rev-parse", "refs/tags/" + tag));
  }

  private void annotate(String tag, Revision commit) {
    app.git("-c", "user.name=t", "-c", "user.email=t@h", "tag", "-a", "-m", tag, tag, commit.hex());
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1.2.0", "hello/v1.2.0", "släpp-1.2"})
  void aReleaseIsWhatItsTagLeadsToAndNotTheBranchsHead(String tag) {
    Revision released = Scene.release(app, "1.2.0");
    app.git("tag", tag);
    Scene.release(app, "1.3.0");
    Job job = release(tag, Instant.EPOCH);

    Outcome outcome = Scene.ended(run(job));

    assertThat(outcome.kind()).as(() -> "" + outcome).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(released.hex());
    assertThat(outcome.fields())
        .containsEntry("requested", released.hex())
        .containsEntry("job", job.id());
    assertThat(target.log("main").getFirst().message())
        .contains("Flake-Rev: " + released.hex(), "v1.2.0");
  }

  @Test
  void anAnnotatedTagIsPeeledHoweverOftenItIsWrapped() {
    Revision released = Scene.release(app, "1.2.0");
    annotate("inner", released);
    annotate("v1.2.0", tagObject("inner"));

    assertThat(Scene.ended(run(release("v1.2.0", Instant.EPOCH))).kind())
        .isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(released.hex());
  }

  /** {@code git rev-parse v1.2.0} in a workflow gives the tag's own object. */
  @Test
  void aDispatchedTagObjectIsPeeled() {
    Revision released = Scene.release(app, "1.2.0");
    annotate("v1.2.0", released);
    Job job = scene.job(tagObject("v1.2.0"));

    Outcome outcome = Scene.ended(run(job));

    assertThat(outcome.kind()).as(() -> "" + outcome).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(released.hex());
    assertThat(outcome.job().id()).isEqualTo(job.id());
    assertThat(target.log("main").getFirst().message()).contains("Flake-Rev: " + released.hex());
    assertThat(Scene.ended(run(job)).kind()).isEqualTo(Outcome.Kind.UNCHANGED);
  }

  @Test
  void whereBranchesMayDivergeATagObjectIsPeeledToo() {
    scene.noRoutes().routeWith("app", ".", "    allow: [diverged]\n", "app");
    Revision released = Scene.release(app, "1.2.0");
    annotate("v1.2.0", released);

    assertThat(Scene.ended(run(scene.job(tagObject("v1.2.0")))).kind())
        .isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(released.hex());
  }

  @Test
  void anOlderReleaseThanTheLockedOneIsSuperseded() {
    Scene.release(app, "1.1.0");
    app.git("tag", "v1.1.0");
    scene.update(Scene.release(app, "1.2.0"));

    assertThat(Scene.ended(run(release("v1.1.0", Instant.EPOCH))).kind())
        .isEqualTo(Outcome.Kind.SUPERSEDED);
  }

  @Test
  void ofAPushAndAReleaseAtOnceTheNewerCounts() {
    Scene.release(app, "1.1.0");
    app.git("tag", "v1.1.0");
    Revision newer = Scene.release(app, "1.2.0");

    List<Result> results =
        scene.update().run(List.of(release("v1.1.0", Instant.EPOCH), scene.job(newer)));

    assertThat(Scene.kinds(results)).containsExactly(Outcome.Kind.SUPERSEDED, Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(newer.hex());
  }

  @ParameterizedTest
  @ValueSource(strings = {"v9", "a:b", "refs/tags/*", "x..y", "a b"})
  void aTagThatTheSourceDoesNotHaveIsRejected(String tag) {
    Outcome outcome = Scene.ended(run(release(tag, Instant.EPOCH)));

    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(Reasons.plain(outcome.reason().orElseThrow())).contains("`" + tag + "`", "tag");
    assertThat(outcome.fields()).containsEntry("requested", tag);
  }

  @Test
  void aTagOnAnotherBranchIsRejected() {
    app.branch("other");
    Revision elsewhere = Scene.release(app, "1.2.0");
    app.git("tag", "v1.2.0");

    Outcome outcome = Scene.ended(run(release("v1.2.0", Instant.EPOCH)));

    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(outcome.reason().orElseThrow()).contains(elsewhere.hex() + " is not on ");
  }

  @Test
  void aTagThatIsNotThereYetIsLookedForAgain() {
    Job job = release("v1.2.0", Instant.now());
    Result first = run(job);
    assertThat(first).isInstanceOf(Result.Again.class);
    assertThat(((Result.Again) first).why()).hasMessageContaining("it may still come");

    Revision released = Scene.release(app, "1.2.0");
    app.git("tag", "v1.2.0");

    assertThat(Scene.ended(run(job)).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(released.hex());
  }
}
