package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.queue.BatchHandler.Retry;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.Message;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a job waits whose server asks to be left alone. */
@OneAtATime
@Tag("slow")
class RetryAfterTest {
  private static final String TARGET = "github.com/acme/target.git/";
  private static final String SOURCE = "github.com/acme/app.git/";
  private static final String ARCHIVE = "github.com/acme/app/archive/";

  private final OutboundDefaults network = OutboundDefaults.keep();
  private final TestForge forge = TestForge.start();
  private final Scene scene;
  private final TestRepository app;

  RetryAfterTest(@TempDir Path folder) throws IOException {
    network.lead(forge.environment());
    scene = Scene.in(folder).environment(forge.environment());
    app = scene.source("app");
    forge.github("acme/app", app);
    TestRepository work = scene.work();
    work.write("flake.nix", FlakeText.describedAs("target").input("app", "github:acme/app").text());
    work.git("add", "--all"); // nix sees nothing else
    TestNix.in(folder.resolve("nix"), forge.environment()).lock(work.directory()).succeeded();
    work.commit("Lock");
    forge.github("acme/target", scene.serve(work));
    scene.targetAt("https://github.com/acme/target.git").route("app");
  }

  @AfterEach
  void stop() {
    network.close();
    forge.close();
  }

  private Duration waitAfter(String where, Fault fault) {
    return waitAfter(1, where, fault);
  }

  /** How long the message of a job stays hidden that met a fault. */
  private Duration waitAfter(int times, String where, Fault fault) {
    forge.failNext(times, where, fault);
    Job job = scene.job(Scene.release(app, Instant.now().toString()));
    OutcomeListener nobody =
        new OutcomeLog(
            new EventLog(
                new PrintStream(OutputStream.nullOutputStream()),
                EventLog.Format.JSON,
                InstantSource.system()));
    Message message = new Message("m", JobJson.write(job), job.group(), 1, Instant.EPOCH, "r");
    List<Retry> retries =
        new UpdateBatch(scene.update(), 5, Backoff.DEFAULT, nobody).handle(List.of(message));
    assertThat(retries).hasSize(1);
    return retries.getFirst().delay();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TARGET + "info/refs",
        TARGET + "git-upload-pack",
        SOURCE + "info/refs",
        SOURCE + "git-upload-pack"
      })
  void gitServersAreLeftAloneForAsLongAsTheyAsk(String where) {
    assertThat(waitAfter(where, Fault.tooManyRequests(Duration.ofSeconds(90))))
        .isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void alsoInTheMiddleOfAPush() {
    assertThat(
            waitAfter(TARGET + "git-receive-pack", Fault.tooManyRequests(Duration.ofSeconds(90))))
        .isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void aTimeMayBeADateAndTheStatusAnother() {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plusSeconds(300).atZone(ZoneOffset.UTC));
    for (int status : new int[] {403, 429, 503}) {
      assertThat(waitAfter(TARGET, new Fault.Status(status, Map.of("Retry-After", date), "")))
          .isBetween(Duration.ofSeconds(200), Duration.ofSeconds(300));
    }
  }

  @Test
  void noServerIsWaitedForLongerThanTheLongestBackoff() {
    assertThat(waitAfter(TARGET, Fault.tooManyRequests(Duration.ofDays(1))))
        .isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void withoutATimeATooManyRequestsIsAMinuteAndAnythingElseTheBackoff() {
    assertThat(waitAfter(TARGET, Fault.status(429))).isEqualTo(Duration.ofMinutes(1));
    assertThat(waitAfter(TARGET, Fault.status(503))).isEqualTo(Duration.ofSeconds(5));
  }

  /** nix hears the header, but does not tell it. */
  @Test
  void whatNixWasToldIsWaitedForAMinute() {
    // The first is the answer to who tries without nix.
    assertThat(waitAfter(6, ARCHIVE, Fault.tooManyRequests(Duration.ofSeconds(1))))
        .isEqualTo(Duration.ofMinutes(1));
    String limit = "{\"message\":\"API rate limit exceeded for 192.0.2.1\"}";
    assertThat(waitAfter(2, ARCHIVE, new Fault.Status(403, Map.of(), limit)))
        .isEqualTo(Duration.ofMinutes(1));
  }
}
