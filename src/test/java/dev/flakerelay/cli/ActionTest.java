package dev.flakerelay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.local.http.WebhookServer;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Answer;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestHttpServer;
import dev.flakerelay.support.TokenIssuer;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** action.yml, run as a runner runs it: with its environment, its files, and a real endpoint. */
@Tag("slow")
class ActionTest {
  private static final String SHA = "b75f955493e600b98fbe04f6763e6196992c71b3";

  private final TokenIssuer issuer = new TokenIssuer();
  private final RecordingQueue queue = new RecordingQueue();
  private final List<String> states = new ArrayList<>();
  private final TestHttpServer api = TestHttpServer.plain(this::statuses);
  private final Map<String, String> with = new HashMap<>();
  private final Map<String, String> runner = new HashMap<>();
  private WebhookServer server;
  private String url;

  @TempDir Path folder;

  @BeforeEach
  void listen() throws Exception {
    Programs.need("bash", "jq", "openssl", "curl");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    url = "http://127.0.0.1:" + port;
    Config config =
        ConfigReader.read(
            Files.writeString(
                folder.resolve("relay.yaml"),
                """
                secrets: { webhook: [env:S] }
                endpoint: %s
                token-issuer: %s
                routes:
                  fleet:
                    when:
                      - { event: dispatch, repository: markus-barta/nixfleet }
                      - { event: repository_dispatch, repository: markus-barta/nixcfg, type: updated }
                    targets:
                      - { repository: "https://example.org/t.git", branch: main, input: fleet }
                """
                    .formatted(url, issuer.url())));
    server =
        WebhookServer.start(
            new Endpoint("127.0.0.1", port),
            new Intake(
                config, SecretValues.fixed(List.of(Samples.SECRET)), queue, InstantSource.system()),
            new EventLog(
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                EventLog.Format.JSON,
                InstantSource.system()));
    with.put("url", url + "/webhook");
    runner.put("ACTIONS_ID_TOKEN_REQUEST_URL", issuer.url() + "/idtoken?api-version=2.0");
    runner.put("ACTIONS_ID_TOKEN_REQUEST_TOKEN", TokenIssuer.REQUEST_TOKEN);
  }

  @AfterEach
  void stop() {
    server.close();
    api.close();
    issuer.close();
  }

  /** Gives one state after the other, and stays at the last. */
  private Answer statuses(Request request) {
    String state = states.size() > 1 ? states.removeFirst() : states.getFirst();
    return request.path().equals("/repos/markus-barta/nixfleet/commits/" + SHA + "/statuses")
        ? Answer.json(
            200,
            state.isEmpty()
                ? List.of(Map.of("context", "flake-relay/other", "state", "failure"))
                : List.of(
                    Map.of(
                        "context", "flake-relay/fleet",
                        "state", state,
                        "description", "locked | it\n::error::x",
                        "target_url", "https://example.org/c/1"),
                    Map.of("context", "flake-relay/fleet", "state", "pending")))
        : Answer.text(404, "");
  }

  private Execution run() throws Exception {
    JsonNode action =
        JsonMapper.shared()
            .valueToTree(
                new Load(LoadSettings.builder().build())
                    .loadFromString(Files.readString(Path.of("action.yml"))));
    assertThat(action.at("/runs/using").stringValue()).isEqualTo("composite");
    JsonNode step = action.at("/runs/steps/0");
    Map<String, String> environment = new HashMap<>(runner);
    Map<String, String> github =
        Map.of("sha", SHA, "repository", "markus-barta/nixfleet", "token", "ghs_TopSecret");
    for (var variable : step.get("env").properties()) {
      Matcher expression =
          Pattern.compile("\\$\\{\\{ (inputs|github)\\.([a-z-]+) }}")
              .matcher(variable.getValue().stringValue());
      assertThat(expression.matches()).isTrue();
      String name = expression.group(2);
      String value =
          expression.group(1).equals("github")
              ? github.get(name)
              : with.getOrDefault(
                  name,
                  action
                      .at("/inputs/" + name + "/default")
                      .asString("")
                      .replace("${{ github.sha }}", SHA)
                      .replace("${{ github.repository }}", "markus-barta/nixfleet"));
      environment.put(variable.getKey(), value);
    }
    environment.put("GITHUB_ACTION_PATH", Path.of("").toAbsolutePath().toString());
    environment.put("GITHUB_REPOSITORY", "markus-barta/nixfleet");
    environment.put("GITHUB_RUN_ID", "12345678901");
    environment.put("GITHUB_RUN_ATTEMPT", "1");
    environment.put("GITHUB_API_URL", "http://127.0.0.1:" + api.port());
    environment.put("GITHUB_OUTPUT", folder.resolve("output").toString());
    environment.put("GITHUB_STEP_SUMMARY", folder.resolve("summary").toString());
    environment.put("RETRY_WAITS", "0 0");
    environment.put("POLL_SECONDS", "0");
    environment.put("PATH", System.getenv("PATH"));
    environment.put("TMPDIR", folder.toString());
    return Execution.of(
        folder,
        environment,
        new byte[0],
        List.of(
            "bash",
            "--noprofile",
            "--norc",
            "-eo",
            "pipefail",
            "-c",
            step.get("run").stringValue()));
  }

  private String file(String name) throws Exception {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void anOidcTokenIsEnough() throws Exception {
    with.put("version", "v1.2.0");
    Execution run = run();
    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(queue.sent())
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.revision()).hasToString(SHA);
              assertThat(job.version()).hasToString("Optional[1.2.0]");
              assertThat(file("output")).contains("jobs=" + job.id() + "\n", "outcome=queued\n");
            });
    // The runner masks what it is told to; nowhere else is the token.
    assertThat(run.text().replace("::add-mask::" + issuer.given().getFirst(), ""))
        .doesNotContain(issuer.given().getFirst(), TokenIssuer.REQUEST_TOKEN);
    assertThat(folder).isDirectoryNotContaining("glob:**/tmp.*");
  }

  @ParameterizedTest
  @CsvSource({"a", "'It''s a Secret to Everybody'"})
  void aSecretSignsARepositoryDispatch(String secret) throws Exception {
    with.put("secret", " " + secret + "\n");
    with.put("event-type", "updated");
    with.put("repository", "markus-barta/nixcfg");
    runner.clear();
    Execution run = run();
    boolean right = secret.length() > 1;
    assertThat(run.exit()).as(run.text()).isEqualTo(right ? 0 : 1);
    assertThat(queue.sent()).hasSize(right ? 1 : 0);
    assertThat(run.text()).contains(right ? "answered 202" : "compare secret with");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url             |         | url is not set",
        "url             | ' \n '  | url is not set",
        "url             | relay.example.org | url is not an https address",
        "sha             | main    | sha is not a full commit id",
        "wait            | maybe   | wait is neither",
        "timeout-minutes | 0       | timeout-minutes is not",
        "secret          | x       | event-type is not set",
      })
  void aWrongSettingIsNamedAtOnce(String name, String value, String words) throws Exception {
    with.put(name, value == null ? "" : value);
    Execution run = run();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).contains("::error::" + words);
    assertThat(issuer.server().requests()).isEmpty();
  }

  @Test
  void aMissingPermissionIsNamed() throws Exception {
    runner.clear();
    assertThat(run().text()).contains("permissions: { id-token: write }");
  }

  @Test
  void whatTheRelayRefusesIsExplained() throws Exception {
    with.put("url", url.replace("127.0.0.1", "localhost"));
    Execution run = run();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).contains("answered 401", "compare its `endpoint` with http://localhost");
  }

  @Test
  void aRelayThatCanNotBeReachedIsTriedAgain() throws Exception {
    server.close();
    Execution run = run();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).contains("could not reach the relay");
    assertThat(issuer.given()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"success, 0", "failure, 1", "error, 1"})
  void waitFollowsTheStatus(String end, int exit) throws Exception {
    with.put("wait", "true");
    states.addAll(List.of("", "pending", end));
    Execution run = run();
    assertThat(run.exit()).as(run.text()).isEqualTo(exit);
    assertThat(file("output")).contains("outcome=" + end + "\n", "url=https://example.org/c/1\n");
    assertThat(file("summary"))
        .contains("| flake-relay/fleet | " + end + " | locked   it ::error::x https://example.org");
    assertThat(run.text()).doesNotContain("\n::error::x", "ghs_TopSecret");
    assertThat(api.requests()).allMatch(Request::authorized);
  }
}
