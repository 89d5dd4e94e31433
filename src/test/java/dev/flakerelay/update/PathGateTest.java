package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.UnlistedPush;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A push whose delivery does not list its files: the source's history tells what it touches. */
@Tag("slow")
class PathGateTest {
  private static final String PATHS =
      "event: push, repository: acme/app, branch: main, paths: [\"**\", \"!docs/**\"]";

  @TempDir Path folder;
  private Scene scene;
  private TestRepository source;
  private TestRepository target;
  private Revision first;

  @BeforeEach
  void lockFirst() {
    scene = Scene.in(folder).when(PATHS);
    source = scene.source("app");
    first = source.head("main");
    target = scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.route("app");
  }

  private Revision docs(String text) {
    return source.write("docs/a.md", text + "\n").commit(text);
  }

  private Job push(Optional<Revision> before, Revision after) {
    Job job = scene.job(after);
    UnlistedPush push = new UnlistedPush(RepositoryName.parse("acme/app"), "main", before);
    return new Job(
        job.route(),
        job.flake(),
        job.input(),
        Job.Wanted.commit(after),
        new Job.Request(job.cause(), job.delivery(), job.firstSeen(), Optional.of(push)),
        1);
  }

  private Outcome run(Optional<Revision> before, Revision after) {
    return Scene.ended(scene.run(push(before, after)).getFirst());
  }

  private void requireUntouched(Outcome outcome, Revision since) {
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.UNCHANGED);
    assertThat(outcome.reason().orElseThrow()).contains("`paths`", since.hex());
    assertThat(outcome.locked()).contains(first);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(first.hex());
    assertThat(target.log("main")).hasSize(1);
  }

  @Test
  void aPushOfDocsAloneChangesNothingAndOneOfCodeIsLocked() {
    Revision docs = docs("Docs");
    requireUntouched(run(Optional.of(first), docs), first);
    // A new branch was at nothing before: what is locked counts.
    requireUntouched(run(Optional.empty(), docs), first);
    // As does it where the source has no more what the branch was at.
    requireUntouched(run(Optional.of(new Revision("7".repeat(40))), docs), first);

    Revision code = Scene.release(source, "1.1");
    Revision after = docs("More docs");
    requireUntouched(run(Optional.of(code), after), code);
    assertThat(run(Optional.of(docs), after).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(after.hex());
    // What is locked already needs no look at the source.
    assertThat(run(Optional.of(code), after).reason().orElseThrow()).contains("locked already");
  }

  /** It would be rejected otherwise, as it does not descend from what is locked. */
  @Test
  void aForcedPushThatRewritesDocsAloneChangesNothing() {
    source.git("commit", "--quiet", "--amend", "--message", "Rewritten");
    requireUntouched(run(Optional.of(first), docs("Docs")), first);
  }

  /** The newest is looked at first; nothing is lost if that one touches nothing that counts. */
  @Test
  void anEarlierPushOfCodeIsStillDone() {
    Revision code = Scene.release(source, "1.1");
    Revision docs = docs("Docs");
    Job earlier = push(Optional.of(first), code);
    List<Result> results = scene.run(earlier, push(Optional.of(code), docs));
    assertThat(Scene.kinds(results)).containsExactly(Outcome.Kind.UPDATED, Outcome.Kind.UNCHANGED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(code.hex());
  }

  @Test
  void whatCannotBeComparedAndWhatIsNoMoreFilteredIsLocked() {
    Revision docs = docs("Docs");
    scene.noRoutes().when(PATHS.replaceAll(", paths.*", "")).route("app");
    assertThat(run(Optional.of(first), docs).kind()).isEqualTo(Outcome.Kind.UPDATED);

    scene.noRoutes().when(PATHS).route("app");
    String reason =
        Scene.ended(scene.run(push(Optional.of(docs), Revision.NONE)).getFirst())
            .reason()
            .orElseThrow();
    assertThat(reason).contains("is not on").doesNotContain("compare");
  }
}
