package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.Request;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an update asks servers for, how often, and what it need not wait for. */
@OneAtATime
@Tag("slow")
class SideBySideTest {
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir Path folder;
  private PullRequestFlow flow;
  private TargetUpdate update;

  @BeforeEach
  void hostEverything() throws Exception {
    flow = new PullRequestFlow(folder, "source");
    update = flow.archiving(flow.config("push", "source"));
  }

  @AfterEach
  void stop() {
    flow.close();
  }

  private Outcome update(Revision revision) {
    return PullRequestFlow.outcome(
        update.run(List.of(flow.job("source", revision, "delivery-" + revision))));
  }

  private List<String> asked(int since, Predicate<Request> which) {
    return flow.forge.requests().stream().skip(since).filter(which).map(Request::toString).toList();
  }

  private static boolean isArchive(Request request) {
    return request.path().matches(".*(/archive/|/tarball|tar\\.gz).*");
  }

  private static boolean isSource(Request request) {
    return request.path().contains("acme/source");
  }

  @Test
  void theSourceIsAskedWhileTheTargetIsStillSilent() throws Exception {
    update(flow.release("Second"));
    Revision third = flow.release("Third");
    int before = flow.forge.requests().size();
    CountDownLatch letGo = new CountDownLatch(1);
    flow.forge.failNext(1, "github.com/acme/target", new Fault.Held(letGo));
    Thread watch =
        Thread.ofVirtual()
            .start(
                () -> {
                  Await.until(SOON, () -> !asked(before, SideBySideTest::isSource).isEmpty());
                  letGo.countDown();
                });

    Outcome outcome = update(third);

    assertThat(watch.join(SOON)).isTrue();
    assertThat(outcome.kind()).as("%s", outcome.reason()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.locked("main", "source")).isEqualTo(third.hex());
  }

  @Test
  void whatIsLockedAlreadyCostsNoDownload() {
    Revision second = flow.release("Second");
    update(second);
    int before = flow.forge.requests().size();

    assertThat(update(second).kind()).isEqualTo(Outcome.Kind.UNCHANGED);

    assertThat(asked(before, SideBySideTest::isArchive)).isEmpty();
    assertThat(asked(before, SideBySideTest::isSource)).isEmpty();
  }

  @Test
  void whatIsOlderThanTheLockedRevisionCostsNoDownload() {
    Revision second = flow.release("Second");
    update(flow.release("Third"));
    int before = flow.forge.requests().size();

    assertThat(update(second).kind()).isEqualTo(Outcome.Kind.SUPERSEDED);

    assertThat(asked(before, SideBySideTest::isArchive)).isEmpty();
  }

  /** What was locked by the last update is no longer: what was asked for that is worth nothing. */
  @Test
  void whatAPersonLockedInBetweenCostsNoDownload() {
    update(flow.release("Second"));
    String lock = flow.target.show(flow.target.head("main"), "flake.lock");
    Revision third = flow.release("Third");
    flow.personPushes(
        "flake.lock", lock.replaceAll("\"rev\": \"\\w+\"", "\"rev\": \"" + third + "\""));
    int before = flow.forge.requests().size();

    assertThat(update(third).kind()).isEqualTo(Outcome.Kind.UNCHANGED);

    assertThat(asked(before, SideBySideTest::isArchive)).isEmpty();
  }

  @Test
  void aTargetThatFailsIsTheReasonThatIsToldWhateverTheSourceSays() {
    update(flow.release("Second"));
    Revision third = flow.release("Third");
    flow.forge.failNext(1, "github.com/acme/target", new Fault.Status(500, Map.of(), "x"));
    flow.forge.failNext(9, "api.github.com", new Fault.Status(500, Map.of(), "y"));

    Result result = update.run(List.of(flow.job("source", third, "delivery-3"))).getFirst();

    assertThat(result).isInstanceOf(Result.Again.class);
    assertThat(((Result.Again) result).why().getMessage())
        .startsWith("could not fetch the branch of https://github.com/acme/target.git");
  }

  /** The head, the push; each began with a refused request, and the head was fetched again. */
  @Test
  void whatWasPushedLastIsNotFetchedAndTheTokenIsAskedForOnce() {
    update(flow.release("Second"));
    Revision third = flow.release("Third");
    int before = flow.forge.requests().size();

    update(third);

    assertThat(asked(before, each -> each.path().startsWith("/acme/target")))
        .containsExactly(
            "GET github.com/acme/target.git/info/refs?service=git-upload-pack",
            "GET github.com/acme/target.git/info/refs?service=git-upload-pack",
            "POST github.com/acme/target.git/git-upload-pack",
            "GET github.com/acme/target.git/info/refs?service=git-receive-pack",
            "POST github.com/acme/target.git/git-receive-pack");
  }

  @Test
  void whatAPersonPushedIsFetched() {
    update(flow.release("Second"));
    flow.personPushes("changed");
    Revision third = flow.release("Third");

    assertThat(update(third).kind()).isEqualTo(Outcome.Kind.UPDATED);

    assertThat(flow.target.show(flow.target.head("main"), "README.md")).isEqualTo("changed\n");
    assertThat(flow.locked("main", "source")).isEqualTo(third.hex());
  }

  @Test
  void oneConnectionToTheTargetsServerServesAllOfAJob() {
    update(flow.release("Second"));
    int before = flow.forge.proxy().asked().size();

    update(flow.release("Third"));

    assertThat(flow.forge.proxy().asked().stream().skip(before).filter("github.com:443"::equals))
        .hasSizeLessThanOrEqualTo(2); // Git's, unless it is open still, and the archive's
  }

  static List<Fault> refusals() {
    return List.of(
        Fault.tooManyRequests(Duration.ofSeconds(7)), Fault.status(503), Fault.status(404));
  }

  /** nix asked again, six times in all, a server that had asked for less. */
  @ParameterizedTest
  @MethodSource("refusals")
  void anArchiveThatIsRefusedIsAskedForOnce(Fault refusal) throws Exception {
    flow.forge.github("acme/source", flow.source);
    update(flow.release("Second"));
    Revision third = flow.release("Third");
    int before = flow.forge.requests().size();
    flow.forge.failNext(1, "codeload.github.com", refusal);

    Result result = update.run(List.of(flow.job("source", third, "delivery-3"))).getFirst();

    assertThat(asked(before, each -> each.host().equals("codeload.github.com"))).hasSize(1);
    assertThat(result).isInstanceOf(Result.Again.class);
    assertThat(((Result.Again) result).why().getMessage())
        .startsWith("could not download https://github.com/acme/source/archive/" + third);
  }
}
