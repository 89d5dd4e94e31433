package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Deadline;
import dev.flakerelay.Revision;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a job waits for, it ends when its time is over, and is tried again. */
@Timeout(150)
@Tag("slow")
class JobDeadlineTest {
  private final Scene scene;
  private final TestRepository app;

  JobDeadlineTest(@TempDir Path folder) {
    scene = Scene.in(folder);
    app = scene.source("app");
  }

  @BeforeEach
  void target() {
    scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
  }

  private String again(Deadline deadline) {
    Revision revision = Scene.release(app, "1");
    List<Result> results = scene.update().run(List.of(scene.job(revision)), deadline);
    scene.assertNothingLeft();
    assertThat(results).singleElement().isInstanceOf(Result.Again.class);
    return ((Result.Again) results.getFirst()).why().getMessage();
  }

  @Test
  void aServerThatIsSilent() {
    try (GitHttpServer server = GitHttpServer.serving(scene.server())) {
      scene.targetAt(server.url("target.git")).route("app");
      server.failNext(1, "/", new Fault.Silence());

      assertThat(again(Deadline.in(Duration.ofSeconds(5))))
          .contains("could not fetch the branch of " + server.url("target.git"))
          .containsPattern("127\\.0\\.0\\.1 took more than [1-4] s$");
    }
  }

  @Test
  void aNixThatWaits() {
    scene.route("app").meanwhile("sleep 600");

    assertThat(again(Deadline.in(Duration.ofSeconds(20))))
        .endsWith("it was stopped, as the time that one job may take was over");
  }

  @Test
  void nothingIsBegunWhenTheTimeIsOver() {
    scene.route("app");

    assertThat(again(Deadline.in(Duration.ZERO)))
        .isEqualTo("the time that one job may take was over before");
  }
}
