package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Relayed;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The admin address of a real {@code relay serve}: page, metrics, readiness. */
@Tag("slow")
class AdminTest {
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final String UPDATED =
      "flake_relay_outcomes_total{outcome=\"updated\",route=\"app\"}";

  private final Relayed relayed;
  private final RelayProgram program;
  private ServeProcess serve;

  AdminTest(@TempDir Path folder) {
    relayed = Relayed.create(folder);
    program = RelayProgram.in(folder.resolve("relay"));
    serve = program.serve(relayed.config(), "--admin", "127.0.0.1:0", "--retry-delay", "PT0S");
  }

  @AfterEach
  void stop() {
    serve.close();
  }

  private Revision updated(String version) throws Exception {
    Revision released = relayed.release(version);
    assertThat(serve.post("repository_dispatch", Relayed.dispatch(released, version)).statusCode())
        .isEqualTo(202);
    serve.outcome(released.hex());
    return released;
  }

  @Test
  void showsWhatWasDoneAndCountsItOnceAcrossAKill() throws Exception {
    Revision released = updated("1.1.0");

    String page = serve.ask("/").body();
    assertThat(page)
        .contains(
            "<strong class=\"badge good\">ready</strong>", ">updated</span>", " to 1.1.0 <code")
        .contains("<code title=\"" + released + "\">" + released.hex().substring(0, 7) + "</code>")
        .contains(relayed.target().url() + " main", ">current</span>");
    assertThat(serve.metric(UPDATED)).contains(1.0);
    Await.until(
        SOON, () -> serve.metric("flake_relay_deliveries_total{status=\"202\"}").equals(one()));
    assertThat(serve.metric("flake_relay_ready")).contains(1.0);
    assertThat(serve.metric("flake_relay_queue_jobs")).contains(0.0);
    assertThat(serve.ask("/metrics").body())
        .contains("flake_relay_step_duration_seconds_count{engine=\"nix\",step=\"push\"} 1");
    assertThat(serve.ask("/readyz").statusCode()).isEqualTo(200);

    serve.killWithPrograms();
    serve = program.serve(relayed.config(), "--admin", "127.0.0.1:0");
    assertThat(serve.metric(UPDATED)).contains(1.0);
    assertThat(serve.ask("/").body()).contains(">updated</span>", ">current</span>");
    updated("1.2.0");
    assertThat(serve.metric(UPDATED)).contains(2.0);
  }

  private static Optional<Double> one() {
    return Optional.of(1.0);
  }

  @Test
  void isNothingForStrangersAndOtherSites() throws Exception {
    for (String path : List.of("/", "/metrics", "/readyz", "/status.json", "/retry", "/page.js")) {
      assertThat(status(serve.webhook().resolve(path), "")).as(path).contains(" 404 ");
    }
    URI page = serve.admin();
    assertThat(status(page, "Host: rebound.example:" + page.getPort())).contains(" 421 ");
    assertThat(status(page, "Host: localhost:" + page.getPort())).contains(" 200 ");
    assertThat(serve.ask("/retry").statusCode()).isEqualTo(405);
    assertThat(serve.submit("/", "").statusCode()).isEqualTo(405);
    assertThat(serve.submit("/retry", "x".repeat(5000)).statusCode()).isEqualTo(413);
    assertThat(serve.submit("/retry", "job=1&token=").statusCode()).isEqualTo(403);
    String good = "job=1&token=" + token();
    assertThat(serve.submit("/retry", good, "Origin", "https://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(serve.submit("/retry", good, "Origin", "null").statusCode()).isEqualTo(403);
    assertThat(serve.submit("/retry", good, "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    HttpResponse<String> answer = serve.submit("/retry", good, "Sec-Fetch-Site", "same-origin");
    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location")).contains("/?retry=gone#dead-letters");
    assertThat(serve.ask("/").headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none';")
        .doesNotContain("unsafe");
  }

  /** The first line of the answer to a GET; the JDK's client would not send another host. */
  private static String status(URI url, String header) throws Exception {
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      String host = header.isEmpty() ? "Host: x" : header;
      socket
          .getOutputStream()
          .write(
              ("GET " + url.getPath() + " HTTP/1.1\r\n" + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("");
    }
  }

  private String token() throws Exception {
    Path file = program.data().resolve("admin-token");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    return Files.readString(file).strip();
  }

  @Test
  void aDeadLetterIsShownWithItsReasonAndPutBackByItsButton() throws Exception {
    Revision released = relayed.release("2.0.0");
    // Git takes no push while another one has this.
    Path lock = relayed.target().directory().resolve("refs/heads/main.lock");
    Files.createFile(lock);
    serve.post("repository_dispatch", Relayed.dispatch(released, "2.0.0"));
    assertThat(serve.outcome(released.hex()).path("outcome").asString()).isEqualTo("failed");
    Await.until(SOON, () -> serve.metric("flake_relay_dead_letters").equals(one()));
    String page = serve.ask("/").body();
    assertThat(page).contains("1 dead letter", ">Retry</button>");
    Matcher form =
        Pattern.compile(
                "name=\"token\" value=\"([0-9a-f]{64})\">.*?name=\"job\" value=\"([^\"]+)\"")
            .matcher(page);
    assertThat(form.find()).isTrue();

    Files.delete(lock);
    HttpResponse<String> answer =
        serve.submit("/retry", "token=" + form.group(1) + "&job=" + form.group(2));

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(serve.ask(answer.headers().firstValue("Location").orElseThrow()).body())
        .contains("Back in the queue.");
    Await.until(SOON, () -> serve.outcomes(released.hex()).size() == 2);
    assertThat(relayed.locked()).isEqualTo(released.hex());
    assertThat(serve.metric("flake_relay_dead_letters")).contains(0.0);
  }

  @Test
  void theStatusAsJsonSaysTheSame() throws Exception {
    updated("1.1.0");
    var status = JsonMapper.shared().readTree(serve.ask("/status.json").body());
    assertThat(status.path("ready").asBoolean()).isTrue();
    assertThat(status.at("/routes/0/inputs/0/locked").asString()).isEqualTo(relayed.locked());
    assertThat(status.at("/counts/app/updated").asInt()).isEqualTo(1);
    assertThat(status.at("/outcomes/0/outcome").asString()).isEqualTo("updated");
  }

  @Test
  void aHangupReadsTheConfigurationAgainAndKeepsTheOldOneIfTheNewOneIsWrong() throws Exception {
    String right = Files.readString(relayed.config());
    Files.writeString(relayed.config(), right.replace("targets:", "tragets:"));
    serve.signal("HUP");
    Await.until(SOON, () -> !serve.events("reload-refused").isEmpty());
    assertThat(serve.events("reload-refused").getFirst().path("reason").asString())
        .contains("tragets", "stays in use");
    assertThat(serve.ask("/").body()).contains("The configuration was not reloaded.");
    assertThat(serve.metric("flake_relay_config_reload_failed")).contains(1.0);
    assertThat(serve.ask("/readyz").statusCode()).isEqualTo(200);
    updated("1.1.0");

    Files.writeString(
        relayed.config(),
        right.replace("type: app-released", "type: app-out").replace("  app:\n", "  other:\n"));
    serve.signal("HUP");
    Await.until(SOON, () -> !serve.events("reloaded").isEmpty());
    assertThat(serve.events("reloaded").getFirst().path("routes").toString())
        .isEqualTo("[\"other\"]");
    assertThat(serve.metric("flake_relay_config_reload_failed")).contains(0.0);
    Revision next = relayed.release("1.2.0");
    String dispatch = Relayed.dispatch(next, "1.2.0");
    assertThat(serve.post("repository_dispatch", dispatch).statusCode()).isEqualTo(200);
    assertThat(
            serve
                .post("repository_dispatch", dispatch.replace("app-released", "app-out"))
                .statusCode())
        .isEqualTo(202);
    assertThat(serve.outcome(next.hex()).path("route").asString()).isEqualTo("other");
  }

  @Test
  void theStatusCommandSaysWhatThePageShows() throws Exception {
    Revision released = updated("1.1.0");
    Execution asked = program.run("status", "--admin", serve.admin().toString());
    Execution read =
        program.run(
            "status", "--config", relayed.config().toString(), "--data", program.data().toString());
    for (Execution run : List.of(asked, read)) {
      assertThat(run.exit()).as(run.errors()).isZero();
      assertThat(run.text())
          .startsWith("ready: 0 queued, 0 dead letters")
          .contains(
              "current    app of ", "updated    app to 1.1.0 " + released.hex().substring(0, 7))
          .doesNotContain("\033");
      assertThat(run.text().lines()).allMatch(line -> line.length() <= 80);
    }
    Execution json = program.run("status", "--json", "--admin", serve.admin().toString());
    assertThat(JsonMapper.shared().readTree(json.text()).at("/counts/app/updated").asInt())
        .isEqualTo(1);
    Execution nobody = program.run("status", "--admin", "http://127.0.0.1:1/");
    assertThat(nobody.exit()).isEqualTo(1);
    assertThat(nobody.errors()).startsWith("relay: nobody answers at http://127.0.0.1:1/");
  }

  @Test
  void whileTheQueueCannotBeWrittenItIsNotReadyAndSaysWhy() throws Exception {
    assertThat(serve.ask("/readyz").statusCode()).isEqualTo(200);
    Path queue = program.data().resolve("queue/queue.db");
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + queue);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      // It looks twice a second at the most.
      Await.until(SOON, () -> serve.metric("flake_relay_ready").equals(Optional.of(0.0)));
      assertThat(serve.ask("/readyz").statusCode()).isEqualTo(503);
      assertThat(serve.ask("/").body()).contains("not ready");
      statement.execute("ROLLBACK");
    }
    Await.until(SOON, () -> serve.metric("flake_relay_ready").equals(one()));
    updated("1.1.0");
  }
}
