package dev.flakerelay.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.Receiver;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Jobs;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.support.Answer;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestHttpServer;
import dev.flakerelay.webhook.DeliveryHeaders;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Receivers that answer as Slack, ntfy and a Matrix homeserver do. */
class NotificationsTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String SECRET = "s3cr3t-of-the-receiver";
  private static final String HIDDEN_PATH = "/services/T0/B0/XXhiddenXX";

  @TempDir Path folder;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final TestHttpServer server =
      TestHttpServer.plain(
          request ->
              request.path().startsWith("/services/")
                  ? Answer.text(200, "ok")
                  : Answer.json(200, Map.of("id", "x", "event_id", "$x")));

  @AfterEach
  void stop() {
    server.close();
  }

  private String at(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  private OutcomeListener listener(String... receivers) throws Exception {
    List<Receiver> read =
        ConfigReader.read(
                Files.writeString(
                    folder.resolve("relay.yaml"),
                    """
                    secrets: { webhook: [env:A] }
                    routes:
                      r:
                        when: [{ event: release, repository: acme/source }]
                        targets: [{ repository: "https://github.com/a/b.git", branch: main, input: x }]
                    notify:
                    """
                        + String.join("", receivers).indent(2)))
            .receivers();
    EventLog log =
        new EventLog(
            new PrintStream(written, true, StandardCharsets.UTF_8),
            EventLog.Format.JSON,
            InstantSource.system());
    SecretReader secrets =
        SecretReader.of(Map.of("SECRET", SECRET, "SLACK_URL", at(HIDDEN_PATH) + "\n"));
    List<OutcomeListener> all = new ArrayList<>();
    read.forEach(receiver -> all.add(new Notifications(receiver, secrets, log)));
    return new OutcomeListeners(all, log);
  }

  private static String slack() {
    return "- { url: env:SLACK_URL, as: slack }\n";
  }

  private String log() {
    return written.toString(StandardCharsets.UTF_8);
  }

  private JsonNode told(String receiver, Outcome.Kind kind) throws Exception {
    OutcomeListener listener = listener(receiver);
    listener.ended(Ended.as(kind, Jobs.job("main", 7)));
    listener.finish(LONG);
    assertThat(log()).isEmpty();
    assertThat(server.requests()).hasSize(1);
    return JsonMapper.shared().readTree(server.requests().getFirst().body());
  }

  private Request request() {
    return server.requests().getLast();
  }

  @Test
  void jsonIsTheLogsLineSignedAsGitHubSigns() throws Exception {
    JsonNode body =
        told(
            "- { url: \"" + at("/hook") + "\", as: json, secret: env:SECRET }\n",
            Outcome.Kind.UPDATED);
    assertThat(body.path("outcome").asString()).isEqualTo("updated");
    assertThat(body.path("commit").asString()).isEqualTo(Ended.COMMIT.hex());
    String id = request().header("X-GitHub-Delivery").orElseThrow();
    assertThat(request().header("X-Hub-Signature-256"))
        .contains(
            DeliveryHeaders.of("e", id, request().body(), Optional.of(new Secret(SECRET)))
                .get("X-Hub-Signature-256"));
  }

  @Test
  void slackGetsEscapedText() throws Exception {
    JsonNode body = told(slack(), Outcome.Kind.REJECTED);
    assertThat(request().toString()).endsWith(HIDDEN_PATH);
    assertThat(body.properties()).hasSize(1);
    assertThat(body.path("text").asString())
        .isEqualTo(
            "nixfleet rejected\nhttps://github.com/markus-barta/nixcfg.git main: 1.0.7 0000000\n"
                + "this is why");
    assertThat(new NotificationText("<!channel>", "a & b", Optional.empty(), "", false).slack())
        .isEqualTo("&lt;!channel&gt;\na &amp; b");
  }

  @Test
  void ntfyGetsItsTopicInTheBody() throws Exception {
    JsonNode body =
        told(
            "- { url: \"" + at("/ops") + "\", as: ntfy, secret: env:SECRET }\n",
            Outcome.Kind.UPDATED);
    assertThat(request().path()).isEqualTo("/");
    assertThat(request().header("Authorization")).contains("Bearer " + SECRET);
    assertThat(body.path("topic").asString()).isEqualTo("ops");
    assertThat(body.path("title").asString()).isEqualTo("nixfleet updated");
    assertThat(body.path("click").asString())
        .isEqualTo("https://github.com/markus-barta/nixcfg/commit/" + Ended.COMMIT);
    assertThat(body.path("priority").asInt()).isEqualTo(3);
  }

  @Test
  void matrixGetsTheSameTransactionAgain() throws Exception {
    server.failNext(1, "/_matrix", new Fault.CutOff());
    OutcomeListener listener =
        listener(
            "- { url: \""
                + at("/")
                + "\", as: matrix, secret: env:SECRET, room: \"!ab:example.org\" }\n");
    listener.ended(Ended.as(Outcome.Kind.FAILED, Jobs.job("main", 7)));
    listener.finish(LONG);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests()).extracting(Request::path).containsOnly(request().path());
    assertThat(request().method()).isEqualTo("PUT");
    assertThat(request().path())
        .startsWith(
            "/_matrix/client/v3/rooms/%21ab%3Aexample.org/send/m.room.message/flake-relay-");
    assertThat(request().header("Authorization")).contains("Bearer " + SECRET);
    JsonNode body = JsonMapper.shared().readTree(request().body());
    assertThat(body.path("msgtype").asString()).isEqualTo("m.notice");
    assertThat(body.path("body").asString()).contains("nixfleet failed", "this is why");
  }

  @Test
  void onlyWhatIsAskedForIsToldAndEachOnce() throws Exception {
    OutcomeListener listener =
        listener(slack(), "- { url: \"" + at("/t") + "\", as: ntfy, on: [unchanged] }\n");
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      listener.ended(Ended.as(kind, Jobs.job("main", 7)));
    }
    listener.finish(LONG);
    assertThat(server.requests())
        .extracting(Request::path)
        .containsExactlyInAnyOrder(HIDDEN_PATH, HIDDEN_PATH, HIDDEN_PATH, "/");
  }

  @Test
  void aReceiverInTroubleIsToldLater() throws Exception {
    server.failNext(1, "/services", Fault.status(500));
    server.failNext(1, "/services", Fault.tooManyRequests(Duration.ofSeconds(1)));
    OutcomeListener listener = listener(slack());
    listener.ended(Ended.as(Outcome.Kind.UPDATED, Jobs.job("main", 7)));
    listener.finish(LONG);
    assertThat(server.requests()).hasSize(3);
    assertThat(log()).isEmpty();
  }

  /** Also where it repeats what it was sent, or sends the caller elsewhere. */
  @ParameterizedTest
  @ValueSource(ints = {302, 400, 401, 403, 404, 410})
  void aReceiverThatRefusesIsNamedWithoutItsSecrets(int status) throws Exception {
    String echo = "no such " + at(HIDDEN_PATH) + " " + SECRET;
    server.failNext(1, "/", new Fault.Status(status, Map.of("Location", at("/else")), echo));
    OutcomeListener listener = listener(slack());
    listener.ended(Ended.as(Outcome.Kind.UPDATED, Jobs.job("main", 7)));
    listener.finish(LONG);
    assertThat(server.requests()).hasSize(1);
    assertThat(log())
        .contains("notify[0]", "HTTP " + status)
        .doesNotContain("hidden", "127.0.0.1", SECRET);
  }

  @Test
  void whoIsSilentOrGoneDelaysNobody() throws Exception {
    server.failNext(1, "/silent", new Fault.Silence());
    OutcomeListener listener =
        listener(
            "- { url: \"" + at("/silent") + "\", as: json, secret: env:SECRET }\n",
            "- { url: \"http://127.0.0.1:1/gone-hidden\", as: json, secret: env:SECRET }\n",
            "- { url: env:NOT_SET, as: slack }\n",
            slack());
    listener.ended(Ended.as(Outcome.Kind.UPDATED, Jobs.job("main", 7)));
    Await.until(
        LONG, () -> server.requests().stream().anyMatch(each -> each.path().equals(HIDDEN_PATH)));
    listener.finish(Duration.ofMillis(100));
    assertThat(log()).contains("notify[0]", "notify[1]", "notify[2]").doesNotContain("hidden");
  }
}
