package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome.Kind;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several jobs of one target: as few commits as possible, and the newest revision wins. */
@Tag("slow")
class CoalescingTest {
  @TempDir private Path folder;

  @Test
  void ofTenJobsInAnyOrderTheNewestMakesTheOneCommit() {
    Scene scene = Scene.in(folder);
    TestRepository app = scene.source("app");
    TestRepository target = targetOf(scene, "app");
    List<Revision> revisions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      revisions.add(Scene.release(app, "" + i));
    }
    Revision newest = revisions.getLast();
    Collections.shuffle(revisions, new Random(1));

    List<Result> results = scene.run(revisions.stream().map(scene::job).toArray(Job[]::new));

    for (Result result : results) {
      boolean isNewest = result.job().revision().equals(newest);
      assertThat(Scene.ended(result).kind()).isEqualTo(isNewest ? Kind.UPDATED : Kind.SUPERSEDED);
      assertThat(Scene.ended(result).locked()).contains(newest);
    }
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(newest.hex());
    assertThat(target.log("main")).hasSize(2);
  }

  @Test
  void oneDispatchTwentyTimesMakesOneCommit() {
    Scene scene = Scene.in(folder);
    TestRepository app = scene.source("app");
    TestRepository target = targetOf(scene, "app");
    Revision revision = Scene.release(app, "1");
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      jobs.add(scene.job("app", ".", "app", revision, "delivery-" + i % 10));
    }

    List<Kind> kinds = Scene.kinds(scene.run(jobs.toArray(Job[]::new)));

    assertThat(kinds).contains(Kind.UPDATED).containsOnly(Kind.UPDATED, Kind.UNCHANGED);
    assertThat(target.log("main")).hasSize(2);
  }

  @Test
  void ifTheNewestCanNotBeLockedTheNextNewestIs() {
    Scene scene = Scene.in(folder);
    TestRepository app = scene.source("app");
    TestRepository target = targetOf(scene, "app");
    Revision good = Scene.release(app, "1");
    Revision broken = app.write("flake.nix", "{ outputs = ").commit("Broken");
    Revision nowhere = new Revision("1234567890".repeat(4));

    List<Result> results = scene.run(scene.job(nowhere), scene.job(good), scene.job(broken));

    assertThat(Scene.kinds(results)).containsExactly(Kind.REJECTED, Kind.UPDATED, Kind.REJECTED);
    assertThat(Scene.ended(results.getLast()).reason().orElseThrow()).contains("syntax error");
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(good.hex());
    assertThat(target.log("main")).hasSize(2);
  }

  @Test
  void twoInputsOfOneDispatchMoveInOneCommit() {
    Scene scene = Scene.in(folder);
    TestRepository app = scene.source("app");
    Revision first = app.head("main");
    TestRepository target = targetOf(scene, "app", "tools");
    Revision revision = Scene.release(app, "1");

    List<Result> results = scene.run(scene.job("app", revision), scene.job("tools", revision));

    assertThat(Scene.kinds(results)).containsExactly(Kind.UPDATED, Kind.UPDATED);
    assertThat(target.log("main")).hasSize(2);
    assertThat(target.log("main").getFirst().message())
        .isEqualTo(
            """
            chore: bump app, tools to v1.2.3 (%s)

            Flake-Input: app
            Flake-Rev: %s
            Flake-Previous-Rev: %s
            Flake-Input: tools
            Flake-Rev: %s
            Flake-Previous-Rev: %s
            Relay-Delivery: delivery-1\
            """
                .formatted(revision.abbreviated(), revision, first, revision, first));
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(revision.hex());
    assertThat(Scene.locked(target, ".", "tools")).isEqualTo(revision.hex());
  }

  @Test
  void twoDispatchesForTwoInputsMakeTwoCommits() {
    Scene scene = Scene.in(folder);
    TestRepository app = scene.source("app");
    TestRepository target = targetOf(scene, "app", "tools");
    Revision one = Scene.release(app, "1");
    Revision two = Scene.release(app, "2");

    List<Result> results =
        scene.run(
            scene.job("app", ".", "app", one, "d1"), scene.job("app", ".", "tools", two, "d2"));

    assertThat(Scene.kinds(results)).containsExactly(Kind.UPDATED, Kind.UPDATED);
    assertThat(target.log("main"))
        .extracting(commit -> commit.message().lines().findFirst().orElse(""))
        .startsWith(
            "chore: bump tools to v1.2.3 (" + two.abbreviated() + ")",
            "chore: bump app to v1.2.3 (" + one.abbreviated() + ")")
        .hasSize(3);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(one.hex());
    assertThat(Scene.locked(target, ".", "tools")).isEqualTo(two.hex());
  }

  @Test
  void twoFlakesOfOneRepositoryAreTwoTargets() {
    Scene scene = Scene.in(folder);
    TestRepository app = scene.source("app");
    TestRepository work = scene.work();
    FlakeText flake = FlakeText.describedAs("target").input("app", scene.reference("app"));
    work.write("one/flake.nix", flake.text()).write("two/flake.nix", flake.text());
    scene.lock(work, "one");
    TestRepository target = scene.target(work, "two");
    scene.routeWith("one", "one", "", "app").routeWith("two", "two", "", "app");
    Revision revision = Scene.release(app, "1");

    scene.run(scene.job("one", "one", "app", revision, "d1"));

    assertThat(Scene.locked(target, "one", "app")).isEqualTo(revision.hex());
    assertThat(Scene.locked(target, "two", "app")).isNotEqualTo(revision.hex());

    scene.run(scene.job("two", "two", "app", revision, "d1"));

    assertThat(Scene.locked(target, "two", "app")).isEqualTo(revision.hex());
    assertThat(target.log("main")).hasSize(3);
  }

  private static TestRepository targetOf(Scene scene, String... inputs) {
    FlakeText flake = FlakeText.describedAs("target");
    for (String input : inputs) {
      flake.input(input, scene.reference("app"));
    }
    TestRepository target = scene.target(flake);
    scene.route(inputs);
    return target;
  }
}
