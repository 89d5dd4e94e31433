package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A server that accepts a connection and never answers is given up after half a minute, at whatever
 * request of a job. Takes minutes: runs with {@code -Dchaos.minutes=N} only.
 */
@EnabledIfSystemProperty(named = "chaos.minutes", matches = "\\d+")
@Tag("slow")
class SilentServerTest {
  private static final Duration SILENCE = Duration.ofSeconds(30);

  @ParameterizedTest
  @CsvSource({
    "app/.git, 0",
    "app/.git, 1",
    "app/.git, 3",
    "app/.git, 5",
    "app/.git, 6",
    "app/.git, 7",
    "server/target.git, 0",
    "server/target.git, 2",
    "server/target.git, 4",
    "server/target.git, 7"
  })
  void isGivenUp(String repository, int answers, @TempDir Path folder) {
    try (GitHttpServer git = GitHttpServer.serving(folder)) {
      Scene scene = Scene.in(folder);
      TestRepository app = scene.source("app");
      String reference = "git+" + git.url("app/.git") + "?ref=main";
      TestRepository work = scene.work();
      work.write("flake.nix", FlakeText.describedAs("target").input("app", reference).text());
      work.git("add", "--all");
      TestNix.in(folder.resolve("nix"), Map.of()).lock(work.directory()).succeeded();
      work.commit("Lock");
      scene.serve(work);
      scene.targetAt(git.url("server/target.git")).route("app");
      Revision released = Scene.release(app, "1");
      git.failNext(answers, "/" + repository, new Fault.Late(Duration.ZERO));
      git.failNext(1, "/" + repository, new Fault.Silence());
      Instant start = Instant.now();

      scene.retryable(released);

      assertThat(Duration.between(start, Instant.now()))
          .isBetween(SILENCE.minusSeconds(1), SILENCE.plusSeconds(20));
      assertThat(scene.update(released).kind()).isEqualTo(Outcome.Kind.UPDATED);
    }
  }
}
