package dev.flakerelay.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.Network;
import dev.flakerelay.config.Secrets;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.nix.NixLimits;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.update.TargetUpdate;
import dev.flakerelay.update.UpdateBatch;
import dev.flakerelay.update.Workshop;
import dev.flakerelay.webhook.Fixture;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The worker as Lambda invokes it, with the SQS fixtures of {@code events/}. */
class UpdateHandlerTest {
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final EventLog log =
      new EventLog(new PrintStream(logged, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK);
  private final List<Duration> delays = new ArrayList<>();
  private final List<String> hidden = new ArrayList<>();
  private boolean queueIsGone;

  @ParameterizedTest
  @CsvSource({"sqs-one-job, 1, 0", "sqs-two-groups, 3, 0", "sqs-malformed-body, 1, 1"})
  void everyMessageIsReadAndEnds(String fixture, int rejected, int malformed, @TempDir Path folder)
      throws IOException {
    String response = handle(withoutRoutes(folder), new Fixture(fixture).bytes());

    assertThat(response).isEqualTo("{\"batchItemFailures\":[]}");
    assertThat(linesWith("\"outcome\":\"rejected\"")).isEqualTo(rejected);
    assertThat(linesWith("\"event\":\"malformed\"")).isEqualTo(malformed);
  }

  @Test
  void whatMustComeAgainIsNamedAndHiddenForItsDelay() throws IOException {
    BatchHandler lastFails =
        batch -> List.of(new BatchHandler.Retry(batch.getLast(), Duration.ofSeconds(5)));
    byte[] event = new Fixture("sqs-two-groups").bytes();

    String response = handle(lastFails, event);

    var records = JsonMapper.shared().readTree(event).get("Records");
    String last = records.get(records.size() - 1).get("messageId").stringValue();
    assertThat(response)
        .isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"" + last + "\"}]}");
    assertThat(delays).containsExactly(Duration.ofSeconds(5));
  }

  @Test
  void theWorkerKnowsWhenTheInvocationEnds() throws IOException {
    Instant before = Instant.now();
    AtomicReference<Instant> end = new AtomicReference<>();
    BatchHandler worker =
        new BatchHandler() {
          @Override
          public List<Retry> handle(List<Message> batch) {
            throw new AssertionError("it was not told");
          }

          @Override
          public List<Retry> handle(List<Message> batch, Instant until) {
            end.set(until);
            return List.of();
          }
        };
    handle(worker, new Fixture("sqs-one-job").bytes());
    assertThat(end.get())
        .isBetween(before.plus(Duration.ofMinutes(15)), Instant.now().plus(Duration.ofMinutes(15)));
  }

  /** It told the queue nothing, and each of its five tries hid its jobs for an hour and a half. */
  @Test
  void whatAKilledFunctionHadInHandComesAgainSoonAfterItWouldHaveEnded() {
    BatchHandler killed =
        batch -> {
          throw new OutOfMemoryError("killed");
        };
    assertThatThrownBy(() -> handle(killed, new Fixture("sqs-two-groups").bytes()))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(hidden).hasSize(3).doesNotHaveDuplicates().allMatch(each -> each.endsWith("PT16M"));
  }

  @Test
  void aQueueThatCanNotBeToldHoldsUpNoJob() throws IOException {
    queueIsGone = true;
    String response = handle(batch -> List.of(), new Fixture("sqs-two-groups").bytes());
    assertThat(response).isEqualTo("{\"batchItemFailures\":[]}");
    assertThat(linesWith("\"event\":\"messages-not-kept-hidden\"")).isEqualTo(1);
  }

  @Test
  void anEventOfAnotherFormKeepsTheWholeBatch() {
    assertThatThrownBy(() -> handle(batch -> List.of(), "{}".getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SQS event");
  }

  /** It failed in its initialisation, where nobody can tell the queue. */
  @Test
  void aFunctionThatCanNotStartDoesNotHideItsJobsForLong() throws IOException {
    AtomicBoolean layerIsMissing = new AtomicBoolean(true);
    Supplier<BatchHandler> workers =
        () -> {
          if (layerIsMissing.get()) {
            throw new IllegalStateException("there is no nix");
          }
          return batch -> List.of();
        };
    UpdateHandler function = new UpdateHandler(workers, queue(), log);
    byte[] event = new Fixture("sqs-two-groups").bytes();

    assertThatThrownBy(() -> handle(function, event))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("there is no nix");
    assertThat(delays).hasSize(3).containsOnly(Duration.ofMinutes(1));

    layerIsMissing.set(false);
    assertThat(handle(function, event)).isEqualTo("{\"batchItemFailures\":[]}");
  }

  private String handle(BatchHandler updates, byte[] event) throws IOException {
    return handle(new UpdateHandler(() -> updates, queue(), log), event);
  }

  private static String handle(UpdateHandler function, byte[] event) throws IOException {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    function.handleRequest(new ByteArrayInputStream(event), response, Invocation.context());
    return response.toString(UTF_8);
  }

  private RecordingQueue queue() {
    return new RecordingQueue() {
      @Override
      public synchronized void retryAfter(Message message, Duration delay) {
        delays.add(delay);
      }

      @Override
      public void extend(Message message, Duration duration) throws QueueUnavailableException {
        if (queueIsGone) {
          throw new QueueUnavailableException("it is gone");
        }
        hidden.add(message.id() + " " + duration);
      }
    };
  }

  /** The real worker; with no route left in its configuration it reaches no repository. */
  private UpdateBatch withoutRoutes(Path folder) {
    Config config = new Config(new Secrets(List.of(), Optional.empty()), Map.of(), Network.DEFAULT);
    Nix nix =
        new Nix(
            folder.resolve("nix"),
            folder,
            NixLimits.DEFAULT,
            Map.of(),
            Workshop.rules(Network.DEFAULT));
    Workshop workshop =
        new Workshop(nix, nix, new Repositories(folder, SecretValues.fixed(List.of())));
    return new UpdateBatch(
        new TargetUpdate(config, workshop), 5, Backoff.DEFAULT, new OutcomeLog(log));
  }

  private long linesWith(String text) {
    return logged.toString(UTF_8).lines().filter(line -> line.contains(text)).count();
  }
}
