package dev.flakerelay.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Deadline;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.Token;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.forge.Forges;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHubRest;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
@OneAtATime
class StatusReportsTest {
  private static final String TOKEN = "ghp_TopSecret0123456789";
  private static final String API = "api.github.com/repos/acme/source/statuses";
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path folder;
  private final OutboundDefaults network = OutboundDefaults.keep();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private TestForge forge;
  private Revision revision;

  @BeforeEach
  void hostTheSource() throws Exception {
    forge = TestForge.start();
    network.lead(forge.environment());
    TestRepository source = TestRepository.create(folder.resolve("source"));
    revision = source.write("a", "a").commit("First");
    forge.hidden("github.com", "acme/source", source, TOKEN);
  }

  @AfterEach
  void stop() {
    network.close();
    forge.close();
  }

  private StatusReports reports(String route) throws Exception {
    Config config =
        ConfigReader.read(
            Files.writeString(
                folder.resolve("relay.yaml"),
                """
                secrets: { webhook: [env:A], git: env:B }
                routes:
                  tools:
                    when: [{ event: release, repository: acme/source }]
                    source: github:acme/source/main
                    %s
                """
                    .formatted(route)));
    EventLog log =
        new EventLog(
            new PrintStream(written, true, StandardCharsets.UTF_8),
            EventLog.Format.JSON,
            InstantSource.system());
    return new StatusReports(
        config,
        (source, job) ->
            new Forges(config.forges(), folder.resolve("heads"), Deadline.in(LONG))
                .of(source, new Token(TOKEN)),
        log);
  }

  private StatusReports one() throws Exception {
    return reports(
        "report: true\n    targets: [{ repository: \"https://github.com/acme/a.git\", branch: main,"
            + " input: tool }]");
  }

  private Job job(String name) {
    return new Job(
        "tools",
        new TargetRef("https://github.com/acme/" + name + ".git", "main", "."),
        "tool",
        Job.Wanted.commit(revision),
        Job.Request.delivery("d", Instant.EPOCH),
        1);
  }

  private List<GitHubRest.Status> statuses() {
    return forge.githubRest().statuses();
  }

  private String log() {
    return written.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "UPDATED, success, acme/a locks this commit now.",
    "UNCHANGED, success, acme/a locks this commit already.",
    "SUPERSEDED, success, acme/a is at a newer commit: this is why",
    "REJECTED, failure, acme/a was not updated: this is why",
    "FAILED, error, acme/a could not be updated: this is why",
  })
  void theSenderIsAnswered(Outcome.Kind kind, String state, String description) throws Exception {
    StatusReports reports = one();
    reports.queued(job("a"));
    reports.finish(LONG);
    reports.ended(Ended.as(kind, job("a")));
    reports.finish(LONG);

    assertThat(statuses()).extracting(GitHubRest.Status::state).containsExactly("pending", state);
    GitHubRest.Status last = statuses().getLast();
    assertThat(last.repository()).isEqualTo("acme/source");
    assertThat(last.sha()).isEqualTo(revision.hex());
    assertThat(last.context()).isEqualTo("flake-relay/tools");
    assertThat(last.description()).isEqualTo(description);
    assertThat(last.targetUrl())
        .isEqualTo(
            "https://github.com/acme/a"
                + (kind == Outcome.Kind.UPDATED ? "/commit/" + Ended.COMMIT : ""));
    assertThat(log()).isEmpty();
  }

  @Test
  void whatIsNotLockedIsNotSaidToBe() throws Exception {
    StatusReports reports = one();
    Outcome untouched =
        new Outcome(
            Outcome.Kind.UNCHANGED,
            job("a"),
            Optional.of(Ended.COMMIT),
            Optional.empty(),
            Optional.of("the push touches none of the paths"),
            Map.of(),
            Duration.ZERO);
    reports.ended(untouched);
    reports.finish(LONG);
    assertThat(statuses()).extracting(GitHubRest.Status::state).containsExactly("success");
    assertThat(statuses().getLast().description())
        .isEqualTo("acme/a stays as it is: the push touches none of the paths");
  }

  @Test
  void nothingIsWrittenTwiceAndNothingLateUndoesAnEnd() throws Exception {
    StatusReports reports = one();
    reports.queued(job("a"));
    reports.queued(job("a"));
    reports.finish(LONG);
    reports.ended(Ended.as(Outcome.Kind.UPDATED, job("a")));
    reports.ended(Ended.as(Outcome.Kind.UNCHANGED, job("a")));
    reports.queued(job("a"));
    reports.finish(LONG);
    assertThat(statuses())
        .extracting(GitHubRest.Status::state)
        .containsExactly("pending", "success");

    reports.queued(job("a").nextAttempt());
    reports.finish(LONG);
    assertThat(statuses().getLast().state()).isEqualTo("pending");
  }

  @Test
  void whatIsOverBeforeItWasWrittenIsNotWritten() throws Exception {
    forge.failNext(1, API, Fault.status(502));
    StatusReports reports = one();
    reports.queued(job("a"));
    Await.until(LONG, () -> forge.requests().size() == 1);
    reports.ended(Ended.as(Outcome.Kind.UPDATED, job("a")));
    reports.finish(LONG);
    assertThat(statuses()).extracting(GitHubRest.Status::state).containsExactly("success");
  }

  @Test
  void anApiThatIsDownOrLimitedIsAskedAgain() throws Exception {
    forge.failNext(1, API, Fault.status(503));
    forge.failNext(1, API, Fault.tooManyRequests(Duration.ofSeconds(1)));
    forge.failNext(1, API, new Fault.CutOff());
    StatusReports reports = one();
    reports.ended(Ended.as(Outcome.Kind.UPDATED, job("a")));
    reports.finish(LONG);
    assertThat(statuses()).extracting(GitHubRest.Status::state).contains("success");
    assertThat(log()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 422})
  void whoMayNotWriteHearsItOnce(int status) throws Exception {
    forge.failNext(
        3, API, new Fault.Status(status, Map.of(), "{\"message\":\"no " + TOKEN + "\"}"));
    StatusReports reports = one();
    for (String name : List.of("a", "b", "c")) {
      reports.ended(Ended.as(Outcome.Kind.UPDATED, job(name)));
    }
    reports.finish(LONG);
    assertThat(log().lines())
        .singleElement()
        .asString()
        .contains("\"report\"", "https://github.com/acme/source.git", "HTTP " + status)
        .doesNotContain(TOKEN);
  }

  @Test
  void aSilentApiHoldsUpNobodyForLongerThanItMay() throws Exception {
    forge.failNext(1, API, new Fault.Silence());
    StatusReports reports = one();
    long begin = System.nanoTime();
    reports.ended(Ended.as(Outcome.Kind.UPDATED, job("a")));
    reports.finish(Duration.ofMillis(300));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(log()).contains("there was no time left to send it");

    reports.ended(Ended.as(Outcome.Kind.UPDATED, job("b")));
    reports.finish(LONG);
    assertThat(statuses()).hasSize(1);
  }

  /** As two functions that know nothing of each other do. */
  @Test
  void severalTargetsShareOneStatusAndTheWorstCounts() throws Exception {
    String targets =
        """
        report: true
            targets:
              - { repository: "https://github.com/acme/a.git", branch: main, input: tool }
              - { repository: "https://github.com/acme/b.git", branch: main, input: tool }
              - { repository: "git@git.example:acme/c.git", branch: main, input: tool }
        """;
    StatusReports here = reports(targets);
    StatusReports there = reports(targets);
    Job other =
        new Job(
            "tools",
            new TargetRef("git@git.example:acme/c.git", "main", "."),
            "tool",
            Job.Wanted.commit(revision),
            Job.Request.delivery("d", Instant.EPOCH),
            1);
    here.queued(job("a"));
    here.ended(Ended.as(Outcome.Kind.UPDATED, job("a")));
    here.finish(LONG);
    there.ended(Ended.as(Outcome.Kind.REJECTED, job("b")));
    there.finish(LONG);
    assertThat(statuses()).extracting(GitHubRest.Status::state).containsOnly("pending");

    here.ended(Ended.as(Outcome.Kind.UNCHANGED, other));
    here.finish(LONG);
    assertThat(statuses().getLast().state()).isEqualTo("failure");
    assertThat(statuses().getLast().description())
        .isEqualTo("1 of 3: acme/b was not updated: this is why");
    assertThat(statuses().getLast().targetUrl()).isEqualTo("https://github.com/acme/b");

    there.queued(job("b").nextAttempt());
    there.finish(LONG);
    assertThat(statuses().getLast().state()).isEqualTo("pending");
    there.ended(Ended.as(Outcome.Kind.UPDATED, job("b").nextAttempt()));
    there.finish(LONG);
    assertThat(statuses().getLast().state()).isEqualTo("success");
    assertThat(statuses().getLast().description()).startsWith("All 3: acme/");
  }

  @Test
  void aRouteThatDoesNotWantItIsLeftAlone() throws Exception {
    String targets =
        "targets: [{ repository: \"https://github.com/acme/a.git\", input: tool, branch: main }]";
    for (String report : List.of("", "report: false\n    ")) {
      StatusReports reports = reports(report + targets);
      reports.queued(job("a"));
      reports.ended(Ended.as(Outcome.Kind.UPDATED, job("a")));
      reports.finish(LONG);
    }
    assertThat(forge.requests()).isEmpty();
  }

  @Test
  void whereNoSourceIsNamedTheLockTellsIt() throws Exception {
    Path file = folder.resolve("relay.yaml");
    var _ = one();
    Files.writeString(file, Files.readString(file).replaceFirst("source: .*", ""));
    Config config = ConfigReader.read(file);
    StatusReports reports =
        new StatusReports(
            config,
            (source, job) ->
                new Forges(config.forges(), folder.resolve("heads"), Deadline.in(LONG))
                    .of(source, new Token(TOKEN)),
            new EventLog(new PrintStream(written), EventLog.Format.JSON, InstantSource.system()));
    SourceBranch source =
        new SourceBranch("https://github.com/acme/source.git", Optional.of("main"));
    reports.queued(job("a"));
    reports.ended(Ended.as(Outcome.Kind.UPDATED, job("a")).from(Optional.of(source)));
    reports.finish(LONG);
    assertThat(statuses()).extracting(GitHubRest.Status::state).containsExactly("success");
    reports.queued(job("a").nextAttempt());
    reports.finish(LONG);
    assertThat(statuses().getLast().state()).isEqualTo("pending");
  }
}
