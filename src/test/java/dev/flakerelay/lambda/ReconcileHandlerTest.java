package dev.flakerelay.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.Context;
import dev.flakerelay.Revision;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.reconcile.Reconciliation;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.webhook.Fixture;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The schedule's function with a real source and a real target. */
class ReconcileHandlerTest {
  private final RecordingQueue queue = new RecordingQueue();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final EventLog log =
      new EventLog(new PrintStream(logged, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK);
  @TempDir Path folder;
  private TestRepository source;
  private TestRepository target;

  @BeforeEach
  void lockASource() {
    source = TestRepository.create(folder.resolve("source"));
    source.write("flake.nix", FlakeText.describedAs("app").text()).commit("First");
    TestRepository work = TestRepository.create(folder.resolve("work"));
    String url = "git+file://" + source.directory() + "?ref=main";
    work.write("flake.nix", FlakeText.describedAs("target").input("app", url).text());
    work.git("add", "--all");
    TestNix.in(folder.resolve("nix"), Map.of()).lock(work.directory()).succeeded();
    work.commit("Lock");
    target = work.bareClone(folder.resolve("target.git"));
  }

  private String invoke(String more) throws IOException {
    return invoke(more, queue, Invocation.context());
  }

  private String invoke(String more, JobQueue queue, Context context) throws IOException {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    Repositories repositories =
        new Repositories(folder.resolve("caches"), SecretValues.fixed(List.of()));
    Config config = config(more);
    byte[] event = new Fixture("schedule-reconcile").bytes();
    Comparison comparison = new Comparison(repositories, Samples.CLOCK);
    new ReconcileHandler(new Reconciliation(config, comparison, queue, log))
        .handleRequest(new ByteArrayInputStream(event), response, context);
    return response.toString(UTF_8);
  }

  private Config config(String more) throws IOException {
    String yaml =
        """
        secrets:
          webhook: [env:SECRET]
        routes:
          app:
            when: [{ event: push, repository: acme/app, branch: main }]
            targets:
              - { repository: "%s", branch: main, input: app }
        """
            .formatted(target.url());
    try {
      return ConfigReader.read(Files.writeString(folder.resolve("relay.yaml"), yaml + more));
    } catch (ConfigException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatLagsIsQueuedWithItsCause() throws IOException {
    Revision head = source.write("VERSION", "2").commit("Second");
    assertThat(invoke("")).isEqualTo("{\"behind\":1}");
    Job job = queue.sent().getFirst();
    assertThat(queue.sent()).hasSize(1);
    assertThat(job.revision()).isEqualTo(head);
    assertThat(job.cause()).isEqualTo(Job.Cause.RECONCILE);
    assertThat(job.delivery()).isEmpty();
    assertThat(job.firstSeen()).isEqualTo(Samples.CLOCK.instant());
    assertThat(logged.toString(UTF_8))
        .contains("\"event\":\"reconcile\",\"result\":\"behind\"", "\"job\":\"" + job.id() + "\"");
  }

  @Test
  void whatIsUpToDateIsNotQueued() throws IOException {
    assertThat(invoke("")).isEqualTo("{\"current\":1}");
    assertThat(queue.sent()).isEmpty();
  }

  @Test
  void whatCannotBeLookedAtIsLoggedAndTheRestGoesOn() throws IOException {
    source.write("VERSION", "2").commit("Second");
    String broken = "      - { repository: \"file:///nowhere\", branch: main, input: app }\n";
    assertThat(invoke(broken)).isEqualTo("{\"behind\":1,\"failed\":1}");
    assertThat(queue.sent()).hasSize(1);
    assertThat(logged.toString(UTF_8)).contains("\"result\":\"failed\"", "/nowhere");
  }

  @Test
  void whereNothingCanBeLookedAtTheInvocationFails() {
    source.git("branch", "--move", "main", "elsewhere");
    assertThatThrownBy(() -> invoke(""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none of the inputs could be looked at");
    assertThat(logged.toString(UTF_8)).contains("\"result\":\"failed\"");
  }

  @Test
  void whatThereIsNoTimeForIsToldBeforeTimeIsOver() {
    assertThatThrownBy(() -> invoke("", queue, Invocation.endingIn(Duration.ofSeconds(30))))
        .isInstanceOf(IOException.class);
    assertThat(logged.toString(UTF_8))
        .contains("\"result\":\"failed\"", "there was no time left to look at it this time");
  }

  @Test
  void whatLagsIsQueuedBeforeTheNextTargetIsLookedAt() {
    Revision head = source.write("VERSION", "2").commit("Second");
    RecordingQueue takesOne =
        new RecordingQueue() {
          @Override
          public synchronized Set<String> send(List<Job> jobs) throws QueueUnavailableException {
            Set<String> known = super.send(jobs);
            becomeUnavailable();
            return known;
          }
        };
    String again =
        "      - { repository: \"%s\", branch: main, input: app }\n".formatted(target.url());
    assertThatThrownBy(() -> invoke(again, takesOne, Invocation.context()))
        .isInstanceOf(IOException.class);
    assertThat(takesOne.sent()).extracting(Job::revision).containsExactly(head);
    assertThat(logged.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .contains("\"result\":\"behind\"");
  }

  @Test
  void aQueueThatTakesNothingFailsTheInvocationSoThatTheAlarmOnErrorsSeesIt() {
    source.write("VERSION", "2").commit("Second");
    queue.becomeUnavailable();
    assertThatThrownBy(() -> invoke(""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("could not queue what lags");
    assertThat(logged.toString(UTF_8)).doesNotContain("behind");
  }
}
