package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.BatchHandler.Retry;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretReference;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch of messages: each is told of exactly once, and comes again only if that can help. */
@Tag("slow")
class UpdateBatchTest {
  private static final int MAX_RECEIVE_COUNT = 5;

  private final Scene scene;
  private final TestRepository app;
  private final TestRepository target;
  private final Heard heard = new Heard();
  private int messages;

  UpdateBatchTest(@TempDir Path folder) {
    scene = Scene.in(folder);
    app = scene.source("app");
    FlakeText flake = FlakeText.describedAs("target").input("app", scene.reference("app"));
    target = scene.target(flake);
    scene.route("app");
  }

  private static final class Heard implements OutcomeListener {
    private final List<Outcome> ended = new ArrayList<>();
    private final List<String> retries = new ArrayList<>();
    private final List<String> malformed = new ArrayList<>();

    @Override
    public void ended(Outcome outcome) {
      ended.add(outcome);
    }

    @Override
    public void willRetry(Job job, Retry retry, String reason) {
      retries.add(reason);
    }

    @Override
    public void malformed(Message message, MalformedJobException why) {
      malformed.add(message.body());
    }
  }

  private List<Retry> handle(Message... batch) {
    UpdateBatch handler =
        new UpdateBatch(scene.update(), MAX_RECEIVE_COUNT, Backoff.DEFAULT, heard);
    List<Retry> retries = handler.handle(List.of(batch));
    scene.assertNothingLeft();
    return retries;
  }

  private Message message(Job job, int receiveCount) {
    return message(JobJson.write(job), job.group(), receiveCount);
  }

  private Message message(String body, String group, int receiveCount) {
    String id = "m" + messages++;
    return new Message(id, body, group, receiveCount, Instant.EPOCH, "r" + id);
  }

  /** A job that fails today. */
  private Job stuck(Revision revision) {
    scene.meanwhile(
        "printf '… while fetching the input\\nerror: Connection refused\\n' >&2; exit 1");
    return scene.job(revision);
  }

  @Test
  void aMalformedMessageIsToldAndDroppedAndItsNeighboursAreDone() {
    Job job = scene.job(Scene.release(app, "1"));

    List<Retry> retries =
        handle(
            message("{", job.group(), 1),
            message(job, 1),
            message("", job.group(), 1),
            message("{\"route\": 1}", "other group", 1));

    assertThat(retries).isEmpty();
    assertThat(heard.malformed).containsExactlyInAnyOrder("{", "", "{\"route\": 1}");
    assertThat(heard.ended).extracting(Outcome::kind).containsExactly(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(job.revision().hex());
  }

  @Test
  void aFailureHoldsUpTheRestOfItsGroupAndNoOther() {
    Revision revision = Scene.release(app, "1");
    scene.targetAt(target.url()).noRoutes().routeWith("good", ".", "", "app");
    Job good = scene.job("good", ".", "app", revision, Scene.DELIVERY);
    try (GitHttpServer server = GitHttpServer.serving(scene.server())) {
      server.failNext(1, "/", Fault.status(503));
      scene.targetAt(server.url("target.git")).route("app").routeWith("folder", "f", "", "app");
      Job bad = scene.job(revision);
      Job behind = scene.job("folder", "f", "app", revision, Scene.DELIVERY);

      List<Retry> retries = handle(message(bad, 1), message(good, 1), message(behind, 1));

      assertThat(retries).extracting(retry -> retry.message().id()).containsExactly("m0", "m2");
      assertThat(heard.ended).extracting(Outcome::job).containsExactly(good);
      assertThat(heard.ended).extracting(Outcome::kind).containsExactly(Outcome.Kind.UPDATED);
      assertThat(heard.retries).hasSize(2).allSatisfy(text -> assertThat(text).contains("503"));
    }
  }

  @Test
  void aJobBehindOneThatFailsIsTriedByItselfBeforeItHasFailed() {
    TestRepository work = scene.work();
    work.write("f/flake.nix", work.show(work.head("main"), "flake.nix"));
    scene.lock(work, "f");
    work.commit("Another flake");
    work.git("push", "--quiet", target.directory().toString(), "main");
    Revision revision = Scene.release(app, "1");
    try (GitHttpServer server = GitHttpServer.serving(scene.server())) {
      server.failNext(1, "/", Fault.status(503));
      scene.noRoutes().targetAt(server.url("target.git"));
      scene.route("app").routeWith("folder", "f", "", "app");
      Job bad = scene.job(revision);
      Job behind = scene.job("folder", "f", "app", revision, Scene.DELIVERY);

      handle(message(bad, MAX_RECEIVE_COUNT), message(behind, MAX_RECEIVE_COUNT));

      assertThat(heard.ended).extracting(Outcome::job).containsExactly(bad, behind);
      assertThat(heard.ended)
          .extracting(Outcome::kind)
          .containsExactly(Outcome.Kind.FAILED, Outcome.Kind.UPDATED);
      assertThat(Scene.locked(target, "f", "app")).isEqualTo(revision.hex());
    }
  }

  /** A job for a target at which the Java machine fails each time. */
  private Job breaking(Supplier<Error> failure) {
    InstantSource broken =
        () -> {
          throw failure.get();
        };
    SecretValues token =
        SecretValues.of(
            SecretReader.fromEnvironment(), List.of(SecretReference.parse("env:PATH")), broken);
    scene.token(token).targetAt("https://git.example.org/target.git").noRoutes().route("app");
    return scene.job(new Revision("a".repeat(40)));
  }

  @Test
  void aBrokenInstallationIsToldOfEachJobToo() {
    Job job = breaking(() -> new NoClassDefFoundError("gone"));

    assertThat(handle(message(job, 1))).hasSize(1);
    assertThat(heard.retries)
        .singleElement()
        .asString()
        .contains("NoClassDefFoundError: gone", "restart it");
    handle(message(job, MAX_RECEIVE_COUNT));
    assertThat(heard.ended).extracting(Outcome::kind).containsExactly(Outcome.Kind.FAILED);
  }

  static List<Arguments> errors() {
    return List.of(
        Arguments.of(
            (Supplier<Error>) () -> new OutOfMemoryError("Java heap space"),
            "there was too little memory for it"),
        Arguments.of(
            (Supplier<Error>) StackOverflowError::new,
            "something that it reads is nested too deeply"));
  }

  /** It took its neighbours' memory along up to 25 times. */
  @ParameterizedTest
  @MethodSource("errors")
  void aJobThatMemoryDoesNotSufficeForIsTriedThreeTimes(Supplier<Error> error, String words) {
    Job job = breaking(error);

    assertThat(handle(message(job, 1))).hasSize(1);
    assertThat(handle(message(job, 2))).hasSize(1);
    assertThat(heard.ended).isEmpty();
    assertThat(heard.retries).allSatisfy(reason -> assertThat(reason).startsWith(words));

    assertThat(handle(message(job, 3))).isEmpty();
    assertThat(heard.ended)
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REJECTED);
              assertThat(outcome.reason().orElseThrow()).startsWith(words);
            });
  }

  @Test
  void aJobThatFailsWaitsLongerEachTime() {
    Job job = stuck(Scene.release(app, "1"));
    List<Duration> waits = new ArrayList<>();
    for (int receipt = 1; receipt < MAX_RECEIVE_COUNT; receipt++) {
      waits.add(handle(message(job, receipt)).getFirst().delay());
    }

    assertThat(waits)
        .containsExactly(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(45),
            Duration.ofSeconds(135));
    assertThat(heard.ended).isEmpty();
    assertThat(heard.retries).hasSize(4);
  }

  @Test
  void aJobThatFailsAtItsLastReceiptHasFailedAndIsToldOnce() {
    Job job = stuck(Scene.release(app, "1"));

    List<Retry> retries = handle(message(job, MAX_RECEIVE_COUNT));

    assertThat(retries).extracting(Retry::delay).containsExactly(Duration.ZERO);
    assertThat(heard.retries).isEmpty();
    assertThat(heard.ended).hasSize(1);
    Outcome outcome = heard.ended.getFirst();
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(outcome.reason().orElseThrow()).contains("Connection refused");
    assertThat(outcome.isGood()).isFalse();
    assertThat(outcome.duration()).isPositive();
  }

  @Test
  void aJobWhoseWorkerDiedAtItsLastReceiptHasFailedToo() {
    Job job = scene.job(Scene.release(app, "1"));
    UpdateBatch handler =
        new UpdateBatch(scene.update(), MAX_RECEIVE_COUNT, Backoff.DEFAULT, heard);

    handler.tellDead(List.of(message(job, MAX_RECEIVE_COUNT), message("{", job.group(), 5)));

    assertThat(heard.ended).extracting(Outcome::kind).containsExactly(Outcome.Kind.FAILED);
    assertThat(heard.ended.getFirst().reason().orElseThrow()).contains("ended in the middle");
    assertThat(heard.malformed).containsExactly("{");
  }

  @Test
  void whatCouldOutlastTheInvocationIsNotBegun() {
    Job job = scene.job(Scene.release(app, "1"));
    UpdateBatch handler =
        new UpdateBatch(scene.update(), MAX_RECEIVE_COUNT, Backoff.DEFAULT, heard);
    List<Message> batch = List.of(message(job, 1));

    assertThat(handler.handle(batch, Instant.now().plus(Duration.ofMinutes(7)))).hasSize(1);
    assertThat(heard.retries).singleElement().asString().contains("no time left");
    assertThat(heard.ended).isEmpty();

    assertThat(handler.handle(batch, Instant.now().plus(Duration.ofMinutes(9)))).isEmpty();
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(job.revision().hex());
  }

  @Test
  void theBackoffIsWhatTheOtherSideAskedForIfThatIsLonger() {
    RetryableException plain = new RetryableException("x");
    RetryableException minute = new RetryableException("x", Duration.ofMinutes(1));
    RetryableException day = new RetryableException("x", Duration.ofDays(1));

    assertThat(Backoff.DEFAULT.after(1, plain)).isEqualTo(Duration.ofSeconds(5));
    assertThat(Backoff.DEFAULT.after(1, minute)).isEqualTo(Duration.ofMinutes(1));
    assertThat(Backoff.DEFAULT.after(4, minute)).isEqualTo(Duration.ofSeconds(135));
    assertThat(Backoff.DEFAULT.after(1, day)).isEqualTo(Duration.ofMinutes(15));
    assertThat(Backoff.DEFAULT.after(Integer.MAX_VALUE, plain)).isEqualTo(Duration.ofMinutes(15));
  }
}
