package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Reasons;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source's server that learns of a push some time after its forge has announced it. */
@Tag("slow")
class NotThereYetTest {
  private static final Revision UNKNOWN = new Revision("1234567890".repeat(4));

  private final Path folder;
  private final Scene scene;
  private final TestRepository app;
  private final TestRepository target;

  NotThereYetTest(@TempDir Path folder) {
    this.folder = folder;
    scene = Scene.in(folder);
    app = scene.source("app");
    target = scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.route("app");
  }

  private Job announced(Revision revision, Duration ago, Job.Cause cause) {
    Job job = scene.job(revision);
    return new Job(
        job.route(),
        job.flake(),
        job.input(),
        new Job.Wanted(revision, Optional.empty(), job.version()),
        new Job.Request(cause, job.delivery(), Instant.now().minus(ago)),
        1);
  }

  private Job now(Revision revision) {
    return announced(revision, Duration.ZERO, Job.Cause.DELIVERY);
  }

  private Result run(Job job) {
    return scene.run(job).getFirst();
  }

  private static String again(Result result) {
    assertThat(result).as(() -> "" + result).isInstanceOf(Result.Again.class);
    return Reasons.plain(((Result.Again) result).why().getMessage());
  }

  private static String rejected(Result result) {
    Outcome outcome = Scene.ended(result);
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REJECTED);
    return Reasons.plain(outcome.reason().orElseThrow());
  }

  /** It was rejected for good, some seconds too early. */
  @Test
  void aCommitThatComesLaterIsWaitedFor() {
    Revision old = app.head("main");
    Revision announced = Scene.release(app, "2");
    app.git("reset", "--quiet", "--hard", old.hex());
    Job job = now(announced);

    assertThat(again(run(job)))
        .contains(announced.hex() + " is not on ", "announced", "it may still come");
    app.git("reset", "--quiet", "--hard", announced.hex());

    assertThat(Scene.ended(run(job)).kind()).isEqualTo(Outcome.Kind.UPDATED);
  }

  @Test
  void whatNeverComesIsRejectedAfterSomeMinutes() {
    assertThat(again(run(now(UNKNOWN)))).contains("is not on");
    assertThat(rejected(run(announced(UNKNOWN, Duration.ofMinutes(4), Job.Cause.DELIVERY))))
        .contains(UNKNOWN + " is not on ", "push it there first")
        .doesNotContain("may still come");
  }

  /** So that it ends rejected with its true reason, and not failed. */
  @Test
  void theLastTryComesAfterTheseMinutes() {
    Duration all = Duration.ZERO;
    for (int tries = 1; tries < 5; tries++) {
      all = all.plus(Backoff.DEFAULT.after(tries, new RetryableException("not there")));
    }
    assertThat(rejected(run(announced(UNKNOWN, all, Job.Cause.DELIVERY)))).contains("is not on");
  }

  @Test
  void aBranchThatWasMadeJustNowIsWaitedFor() {
    app.git("branch", "--quiet", "--move", "main", "trunk");
    Revision revision = Scene.release(app, "2");

    assertThat(again(run(now(revision)))).contains("there is no refs/heads/main");
    app.git("branch", "--quiet", "--move", "trunk", "main");

    assertThat(Scene.ended(run(now(revision))).kind()).isEqualTo(Outcome.Kind.UPDATED);
  }

  @Test
  void aSourceThatWasMadeOrRenamedJustNowIsWaitedFor() throws Exception {
    Revision revision = Scene.release(app, "2");
    Files.move(app.directory(), folder.resolve("moved"));

    assertThat(again(run(now(revision)))).contains("there is no such repository");
  }

  @Test
  void aPersonIsToldAtOnce() {
    assertThat(rejected(run(announced(UNKNOWN, Duration.ZERO, Job.Cause.COMMAND))))
        .contains("is not on");
  }

  @Test
  void whatMayStillComeHoldsUpNoOtherJobOfTheTarget() {
    Revision there = Scene.release(app, "2");

    List<Result> results = scene.run(now(UNKNOWN), now(there));

    assertThat(again(results.getFirst())).contains("is not on");
    assertThat(Scene.ended(results.getLast()).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(there.hex());
  }

  @Test
  void aTargetIsNamedByNoDeliveryAndRejectedAtOnce() {
    target.git("branch", "--move", "main", "trunk");

    assertThat(rejected(run(now(app.head("main"))))).contains("there is no refs/heads/main");
  }
}
