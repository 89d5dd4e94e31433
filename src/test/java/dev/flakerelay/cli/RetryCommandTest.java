package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.local.sqlite.QueueSettings;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Relayed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code relay retry} beside a running {@code relay serve}, and {@code relay send} to it. */
@Tag("slow")
class RetryCommandTest {
  private final Relayed relayed;
  private final RelayProgram program;

  RetryCommandTest(@TempDir Path folder) {
    relayed = Relayed.create(folder);
    program = RelayProgram.in(folder.resolve("relay"));
  }

  private Execution retry(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "retry";
    arguments[1] = "--data";
    arguments[2] = program.data().toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return program.run(arguments);
  }

  @Test
  void aDeadLetterIsListedPutBackWhileServeRunsAndDone() throws Exception {
    Job first = die(relayed.release("1.1.0"), "1.1.0");
    Job second = die(relayed.release("1.2.0"), "1.2.0");
    try (ServeProcess serve = program.serve(relayed.config())) {
      Execution list = retry();
      assertThat(list.exit()).as(list.errors()).isZero();
      assertThat(list.text())
          .contains(first.id() + "  app of " + relayed.target().url() + " main to ")
          .contains(second.id() + "  app of ")
          .contains("\n  attempt 1 failed, dead since ");
      assertThat(list.errors()).contains("relay retry --all").doesNotContain("Exception");

      Execution one = retry(first.id());
      assertThat(one.exit()).as(one.errors()).isZero();
      assertThat(one.text().lines()).hasSize(2);
      assertThat(one.text()).startsWith("put back " + first.id()).contains("attempt 2");
      JsonNode outcome = serve.outcome(first.revision().hex());
      assertThat(outcome.path("outcome").asString()).isEqualTo("updated");
      assertThat(outcome.path("attempt").asInt()).isEqualTo(2);
      assertThat(relayed.locked()).isEqualTo(first.revision().hex());

      assertThat(retry().text()).doesNotContain(first.id()).contains(second.id());
      assertThat(retry("--all").exit()).isZero();
      serve.outcome(second.revision().hex());
      assertThat(relayed.locked()).isEqualTo(second.revision().hex());

      Execution none = retry();
      assertThat(none.text()).isEmpty();
      assertThat(none.errors()).contains("no dead letters");
      Execution gone = retry(first.id());
      assertThat(gone.exit()).isEqualTo(1);
      assertThat(gone.errors()).contains(first.id());

      sendIsAnswered(serve);
    }
  }

  /** Leaves a job among the dead letters, as a job ends there whose retries are used up. */
  private Job die(Revision revision, String version) throws Exception {
    Job job =
        new Job(
            "app",
            new TargetRef(relayed.target().url(), "main", "."),
            "app",
            new Job.Wanted(revision, Optional.empty(), Optional.of(new Version(version))),
            Job.Request.by(Job.Cause.DELIVERY, Instant.now()),
            1);
    QueueSettings once =
        new QueueSettings(Duration.ofMinutes(5), Duration.ofMinutes(5), 1, Duration.ofDays(14));
    try (SqliteJobQueue queue =
        SqliteJobQueue.open(program.data().resolve("queue"), once, InstantSource.system())) {
      queue.send(List.of(job));
      queue.retryAfter(queue.receive(1, Duration.ZERO).getFirst(), Duration.ZERO);
      assertThat(queue.receive(1, Duration.ZERO)).isEmpty();
    }
    return job;
  }

  private void sendIsAnswered(ServeProcess serve) throws Exception {
    Path body =
        Files.writeString(program.folder().resolve("ping.json"), "{\"zen\":\"Keep it simple.\"}");
    String url = serve.webhook().toString();
    Execution signed =
        program.run(
            "send",
            "--url",
            url,
            "--event",
            "ping",
            "--body",
            body.toString(),
            "--secret",
            "env:RELAY_WEBHOOK_SECRET");
    assertThat(signed.exit()).as("a ping is not accepted").isEqualTo(1);
    assertThat(signed.text()).startsWith("200 {\"ignored\":");

    Execution unsigned =
        program.run("send", "--url", url, "--event", "ping", "--body", body.toString());
    assertThat(unsigned.exit()).isEqualTo(1);
    assertThat(unsigned.text()).isEqualTo("401 {\"error\":\"signature\"}\n");

    Execution missing =
        program.run(
            "send",
            "--url",
            url,
            "--event",
            "ping",
            "--body",
            body.toString(),
            "--secret",
            "env:NOT_SET");
    assertThat(missing.exit()).isEqualTo(2);
    assertThat(missing.errors()).contains("env:NOT_SET", "is not set").hasLineCount(1);

    serve.kill();
    Execution refused =
        program.run("send", "--url", url, "--event", "ping", "--body", body.toString());
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.errors()).contains(url, "nobody listens there").hasLineCount(1);
  }

  @Test
  void withoutAQueueThereIsNothingToRetry() {
    Execution run = retry();
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.errors()).contains(program.data().toString(), "no queue").hasLineCount(1);
    assertThat(program.data()).doesNotExist();
    assertThat(retry("--all", "0123").exit()).isEqualTo(2);
  }
}
