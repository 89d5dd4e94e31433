package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person pushes to the target while an update is on its way. */
@Tag("slow")
class RaceTest {
  private final Path folder;
  private final Scene scene;
  private final TestRepository target;
  private final Revision revision;

  RaceTest(@TempDir Path folder) {
    this.folder = folder;
    scene = Scene.in(folder);
    TestRepository app = scene.source("app");
    target = scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    revision = Scene.release(app, "1");
  }

  @BeforeEach
  void aPersonHasAClone() throws Exception {
    scene.route("app");
    target.fullClone(folder.resolve("person"));
    Files.writeString(
        folder.resolve("person-pushes"),
        """
        cd '%s/person'
        export GIT_AUTHOR_NAME=Person GIT_AUTHOR_EMAIL=p@example.org
        export GIT_COMMITTER_NAME=Person GIT_COMMITTER_EMAIL=p@example.org
        unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
        git pull --quiet --no-rebase >&2
        echo more >> notes.txt
        git add notes.txt
        git commit --quiet -m 'By a person' >&2
        git push --quiet origin main >&2
        """
            .formatted(folder));
  }

  private String personPushes(int times) {
    return """
    echo x >> '%1$s/count'
    if [ $(wc -l < '%1$s/count') -le %2$d ]; then (. '%1$s/person-pushes'); fi
    """
        .formatted(folder, times);
  }

  @Test
  void theCommitEndsUpOnTopOfWhatAPersonPushedWhileNixRan() {
    scene.meanwhile(personPushes(1));

    assertThat(scene.update(revision).kind()).isEqualTo(Outcome.Kind.UPDATED);

    assertThat(subjects())
        .containsExactly(
            "chore: bump app to v1.2.3 (" + revision.abbreviated() + ")", "By a person", "Lock");
    assertThat(target.tree(target.head("main"))).containsKey("notes.txt");
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(revision.hex());
  }

  @Test
  void theCommitEndsUpOnTopOfWhatAPersonPushedWhileThePushWasUnderWay() throws Exception {
    Path hook = target.directory().resolve("hooks/update");
    // The person's own push runs this hook as well.
    Programs.write(hook, "#!/bin/sh\n[ -e '" + folder + "/count' ] && exit 0\n" + personPushes(1));

    assertThat(scene.update(revision).kind()).isEqualTo(Outcome.Kind.UPDATED);

    assertThat(subjects())
        .containsExactly(
            "chore: bump app to v1.2.3 (" + revision.abbreviated() + ")", "By a person", "Lock");
  }

  @Test
  void anUpdateThatLosesEveryRaceComesAgainAndForcesNothing() {
    scene.noRoutes().routeWith("app", ".", "    push-attempts: 3\n", "app");
    scene.meanwhile(personPushes(100));

    assertThat(scene.retryable(revision))
        .contains("could not push to main of ", "moved 3 times in a row", "`push-attempts`");

    assertThat(subjects()).containsExactly("By a person", "By a person", "By a person", "Lock");
  }

  private List<String> subjects() {
    return target.log("main").stream()
        .map(commit -> commit.message().lines().findFirst().orElse(""))
        .toList();
  }
}
