package dev.flakerelay.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.app.Relay;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.local.sqlite.QueueSettings;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody has recorded a signed delivery, and sends it again under a new id. */
@Tag("slow")
class ReplayTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void aRecordingRollsNoTargetBackEvenWhereItsRouteAllowsDowngrades(@TempDir Path folder)
      throws Exception {
    Relayed relayed = Relayed.create(folder);
    Revision old = relayed.release("1.1.0");
    Revision latest = relayed.release("1.2.0");
    String recorded = Relayed.dispatch(old, "1.1.0");

    try (RelayService service = serve(relayed, folder)) {
      assertThat(post(service.webhook(), recorded)).doesNotContain("duplicate");
      Await.until(SOON, () -> relayed.commitsFor(old).size() == 1);
      post(service.webhook(), Relayed.dispatch(latest, "1.2.0"));
      Await.until(SOON, () -> relayed.commitsFor(latest).size() == 1);

      assertThat(post(service.webhook(), recorded)).contains("\"duplicate\":true");
      assertThat(logged.toString(StandardCharsets.UTF_8)).contains("\"duplicates\":1");
      // Jobs of one target are done in order: the recording's would come before this one's.
      Revision last = relayed.release("1.3.0");
      post(service.webhook(), Relayed.dispatch(last, "1.3.0"));
      Await.until(SOON, () -> relayed.commitsFor(last).size() == 1);
      assertThat(relayed.commitsFor(old)).hasSize(1);

      // Who has the secret can still go back, and says so with a body of its own.
      String meant = recorded.replace("\"client_payload\":{", "\"client_payload\":{\"why\":\"\",");
      assertThat(post(service.webhook(), meant)).doesNotContain("duplicate");
      Await.until(SOON, () -> relayed.locked().equals(old.hex()));
    }
  }

  /** Without the five minutes of deduplication, which a patient sender waits for. */
  private RelayService serve(Relayed relayed, Path folder) throws Exception {
    QueueSettings usual = QueueSettings.DEFAULT;
    QueueSettings settings =
        new QueueSettings(
            usual.visibilityTimeout(), Duration.ZERO, usual.maxReceiveCount(), usual.retention());
    String text = Files.readString(relayed.config());
    Config config =
        ConfigReader.read(
            Files.writeString(
                folder.resolve("downgrade.yaml"),
                text.replace("    when:\n", "    allow: [downgrade]\n    when:\n")));
    EventLog log =
        new EventLog(
            new PrintStream(logged, true, StandardCharsets.UTF_8),
            EventLog.Format.JSON,
            InstantSource.system());
    Map<String, String> environment =
        Map.of("RELAY_NIX", TestNix.program(), "RELAY_WEBHOOK_SECRET", Samples.SECRET.value());
    return RelayService.start(
        new RelayService.Parts(
            new Relay(environment, config, folder, log, InstantSource.system()),
            SqliteJobQueue.open(folder.resolve("queue"), settings, InstantSource.system()),
            new Endpoint("127.0.0.1", 0),
            1,
            Backoff.DEFAULT,
            Duration.ZERO,
            new OutcomeLog(log),
            Optional.empty()));
  }

  private String post(URI webhook, String body) throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = Samples.headers("repository_dispatch", bytes);
    headers.put("X-GitHub-Delivery", UUID.randomUUID().toString());
    HttpRequest.Builder request = HttpRequest.newBuilder(webhook);
    headers.forEach(request::header);
    request.POST(HttpRequest.BodyPublishers.ofByteArray(bytes));
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(202);
    return answer.body();
  }
}
