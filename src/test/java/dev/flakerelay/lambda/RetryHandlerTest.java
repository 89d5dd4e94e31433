package dev.flakerelay.lambda;

import static dev.flakerelay.queue.Jobs.job;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.local.sqlite.QueueSettings;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.webhook.Fixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The function that puts dead letters back, on a real queue with a clock of its own. */
class RetryHandlerTest {
  private static final int MAX_RECEIVE_COUNT = 2;
  private static final Duration HIDDEN = Duration.ofMinutes(1);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-31T12:00:00Z"));
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private SqliteJobQueue queue;
  private RetryHandler handler;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    queue =
        SqliteJobQueue.open(
            folder,
            new QueueSettings(
                HIDDEN, Duration.ofMinutes(5), MAX_RECEIVE_COUNT, Duration.ofDays(14)),
            now::get);
    EventLog log =
        new EventLog(new PrintStream(logged, true, UTF_8), EventLog.Format.JSON, now::get);
    handler = new RetryHandler(new Redrive(queue, queue.deadLetters(), now::get), log);
  }

  @AfterEach
  void close() {
    queue.close();
  }

  private String invoke(String fixture) throws IOException {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    byte[] event = new Fixture(fixture).bytes();
    handler.handleRequest(new ByteArrayInputStream(event), response, Invocation.context());
    return response.toString(UTF_8);
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  /** Receives what there is until it is dead. */
  private void die() throws Exception {
    for (int receipt = 0; receipt < MAX_RECEIVE_COUNT; receipt++) {
      var _ = queue.receive(10, Duration.ZERO);
      pass(HIDDEN);
    }
    assertThat(queue.receive(10, Duration.ZERO)).isEmpty();
  }

  private Job only() throws Exception {
    List<Message> received = queue.receive(10, Duration.ZERO);
    assertThat(received).hasSize(1);
    return JobJson.read(received.getFirst().body());
  }

  @Test
  void aDeadLetterIsPutBackWhenItsTimeHasComeWhateverInvokedTheFunction() throws Exception {
    queue.send(List.of(job("main", 1)));
    die();
    assertThat(invoke("alarm")).isEqualTo("{\"waiting\":1}");
    assertThat(queue.receive(10, Duration.ZERO)).isEmpty();
    assertThat(logged.toString(UTF_8)).isEmpty();

    pass(Redrive.DELAYS.getFirst());
    assertThat(invoke("schedule-retry")).isEqualTo("{\"sent\":1}");
    assertThat(only()).isEqualTo(job("main", 1).nextAttempt());
    assertThat(logged.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .contains("\"event\":\"redrive\",\"fate\":\"sent\"", job("main", 1).id());
    assertThat(invoke("schedule-retry")).isEqualTo("{}");
  }

  /** Said once only, it was not said at all if the queue failed in that run. */
  @Test
  void whatIsGivenUpIsReportedThoughTheQueueFailsMeanwhile() throws Exception {
    JobQueue dead = queue.deadLetters();
    Job last = job("main", 1);
    for (int attempt = 1; attempt <= Redrive.DELAYS.size(); attempt++) {
      last = last.nextAttempt();
    }
    dead.send(List.of(last));
    AtomicInteger receipts = new AtomicInteger();
    Object cutOff =
        Proxy.newProxyInstance(
            JobQueue.class.getClassLoader(),
            new Class<?>[] {JobQueue.class},
            (_, method, arguments) -> {
              if (method.getName().equals("receive") && receipts.incrementAndGet() == 2) {
                throw new QueueUnavailableException("cut off");
              }
              return method.invoke(dead, arguments);
            });
    Redrive redrive = new Redrive(queue, (JobQueue) cutOff, now::get);
    assertThatThrownBy(redrive::run).hasMessage("cut off");

    assertThat(invoke("schedule-retry")).isEqualTo("{\"exhausted\":1}");
    assertThat(logged.toString(UTF_8)).contains("\"fate\":\"exhausted\"");
  }

  /** Behind a hundred that wait for hours, none was ever looked at. */
  @Test
  void whatIsDueIsPutBackHoweverManyOthersWait() throws Exception {
    List<Job> waiting = new ArrayList<>();
    for (int number = 0; number < 250; number++) {
      waiting.add(job("main", number).nextAttempt().nextAttempt().nextAttempt());
    }
    queue.deadLetters().send(waiting);
    queue.deadLetters().send(List.of(job("other", 1)));
    pass(Redrive.DELAYS.getFirst());

    assertThat(invoke("schedule-retry")).isEqualTo("{\"sent\":1,\"waiting\":250}");
    assertThat(only()).isEqualTo(job("other", 1).nextAttempt());
  }

  @Test
  void afterTheLastAttemptItStaysAndThatIsReportedOnce() throws Exception {
    Job last = job("main", 1);
    for (int attempt = 1; attempt <= Redrive.DELAYS.size(); attempt++) {
      last = last.nextAttempt();
    }
    queue.send(List.of(last));
    die();
    pass(Duration.ofDays(1));
    for (int time = 0; time < 3; time++) {
      assertThat(invoke("schedule-retry")).isEqualTo("{\"exhausted\":1}");
    }
    assertThat(logged.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .contains(
            "\"level\":\"error\",\"event\":\"redrive\",\"fate\":\"exhausted\"",
            last.id(),
            "5 attempts were made");
    assertThat(queue.deadLetters().receive(10, Duration.ZERO)).hasSize(1);
  }

  @Test
  void aQueueOutOfReachFailsTheInvocationSoThatTheAlarmOnErrorsSeesIt() {
    queue.close();
    assertThatThrownBy(() -> invoke("schedule-retry"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("could not look through the dead letters");
  }
}
