package dev.flakerelay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.local.http.WebhookServer;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Programs;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The workflows of docs/workflows, run as a runner runs them, and the endpoint they tell. */
class SenderWorkflowsTest {
  private static final String SHA = "b75f955493e600b98fbe04f6763e6196992c71b3";
  private static final Pattern EXPRESSION = Pattern.compile("\\$\\{\\{ ([a-z_A-Z.]+) }}");
  private static final int TRIES = 5;

  /** What GitHub fills in; {@code vars} and {@code secrets} are empty where there is no such. */
  private final Map<String, String> context =
      new HashMap<>(
          Map.of(
              "secrets.RELAY_SECRET", "It's a Secret to Everybody",
              "github.sha", SHA,
              "github.event.workflow_run.head_sha", SHA,
              "github.ref_name", "v1.1.0",
              "github.run_id", "12345678901",
              "github.run_attempt", "1"));

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final FlakyQueue queue = new FlakyQueue();
  private WebhookServer server;

  @TempDir Path folder;

  @BeforeEach
  void listen() throws Exception {
    Programs.need("bash", "jq", "openssl", "curl");
    server =
        WebhookServer.start(
            new Endpoint("127.0.0.1", 0),
            new Intake(
                routeOfTheGuide(),
                SecretValues.fixed(List.of(Samples.SECRET)),
                queue,
                Samples.CLOCK),
            new EventLog(new PrintStream(log, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK));
    context.put("vars.RELAY_URL", server.url().toString());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"release.yml, 1.1.0", "after-image.yml,"})
  void theGuidesRouteQueuesWhatIsTold(String file, String version) throws Exception {
    assertThat(tell(file).exit()).isZero();
    assertThat(queue.sent())
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.route()).isEqualTo("hello");
              assertThat(job.revision()).hasToString(SHA);
              assertThat(job.version().map(Object::toString).orElse(null)).isEqualTo(version);
              assertThat(job.delivery()).contains("run-12345678901-1");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "release.yml, vars.RELAY_URL",
    "release.yml, secrets.RELAY_SECRET",
    "after-image.yml, vars.RELAY_URL",
    "after-image.yml, secrets.RELAY_SECRET"
  })
  void aSettingThatIsMissingIsNamedAndNothingIsSent(String file, String setting) throws Exception {
    for (String value : List.of("", " \n")) {
      context.put(setting, value);
      Execution run = tell(file);
      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.text())
          .startsWith("::error::" + setting.replaceFirst(".*\\.", "") + " is not set")
          .hasLineCount(1);
    }
    assertThat(log.toString(UTF_8)).isEmpty();
  }

  @Test
  void bothAreWholeAndHaveTheSameScript() throws Exception {
    assertThat(step("after-image.yml").at("/run").stringValue())
        .isEqualTo(step("release.yml").at("/run").stringValue())
        .contains("openssl", "curl");
  }

  @Test
  void theSecondOneSendsOnlyWhenTheImageIsGreen() throws Exception {
    JsonNode workflow = workflow("after-image.yml");
    assertThat(workflow.at("/on/workflow_run/types/0").stringValue()).isEqualTo("completed");
    assertThat(workflow.at("/jobs/tell-flake-relay/if").stringValue())
        .startsWith("github.event.workflow_run.conclusion == 'success' && ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.0 \"é\"", "$(exit 3)", "'; exit 3 #"})
  void aTagIsDataAndNothingElse(String tag) throws Exception {
    context.put("github.ref_name", tag);
    assertThat(tell("release.yml").exit()).isZero();
    assertThat(queue.sent()).singleElement().extracting(Job::version).hasToString("Optional.empty");
  }

  @Test
  void whiteSpaceThatWasCopiedAlongDoesNotCount() throws Exception {
    context.computeIfPresent("secrets.RELAY_SECRET", (_, secret) -> secret + "\r\n");
    context.computeIfPresent("vars.RELAY_URL", (_, url) -> " " + url + "\n");
    assertThat(tell("release.yml").exit()).isZero();
  }

  @Test
  void triesAgainWhileTheRelayCanTakeNothing() throws Exception {
    queue.failures = TRIES - 1;
    assertThat(tell("release.yml").exit()).isZero();
    assertThat(queue.sent()).hasSize(1);
  }

  @Test
  void failsInTheEndWhenTheRelayCanTakeNothing() throws Exception {
    queue.failures = TRIES;
    Execution run = tell("release.yml");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).contains("did not queue " + SHA).contains("answered 503");
  }

  @Test
  void failsInTheEndWhenNobodyListens() throws Exception {
    server.close();
    Execution run = tell("release.yml");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).endsWith("it answered 000\n");
  }

  @ParameterizedTest
  @CsvSource({
    "secrets.RELAY_SECRET, another, 401",
    "github.sha, main, 400",
    "vars.RELAY_URL, /elsewhere, 404",
    "TYPE, something-else, 200"
  })
  void failsAtOnceWhereTryingAgainCanNotHelp(String key, String value, int status)
      throws Exception {
    context.put(key, value.startsWith("/") ? server.url().resolve(value).toString() : value);
    Execution run = tell("release.yml");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).endsWith("it answered " + status + "\n").hasLineCount(2);
    assertThat(log.toString(UTF_8).lines()).hasSize(1);
  }

  /** Runs the last step as a runner does, with {@code bash -e}, but without its waiting. */
  private Execution tell(String file) throws Exception {
    JsonNode step = step(file);
    String script = step.at("/run").stringValue();
    String quick = script.replace("for wait in 5 15 45 135 0", "for wait in 0 0 0 0 0");
    assertThat(quick).isNotEqualTo(script);
    Map<String, String> environment = new HashMap<>();
    for (var variable : step.at("/env").properties()) {
      String value =
          EXPRESSION.matcher(variable.getValue().stringValue()).replaceAll(this::valueOf);
      environment.put(variable.getKey(), context.getOrDefault(variable.getKey(), value));
    }
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", folder.toString());
    environment.put("TMPDIR", folder.toString());
    Path shell = Files.writeString(folder.resolve("step.sh"), quick);
    return Execution.of(folder, environment, new byte[0], List.of("bash", "-e", shell.toString()));
  }

  /** What GitHub puts in an expression's place, for {@link Matcher#replaceAll}. */
  private String valueOf(MatchResult expression) {
    String name = expression.group(1);
    return Matcher.quoteReplacement(Objects.requireNonNull(context.get(name), name));
  }

  private static JsonNode step(String file) throws Exception {
    JsonNode steps = workflow(file).at("/jobs").iterator().next().at("/steps");
    return steps.get(steps.size() - 1);
  }

  private static JsonNode workflow(String file) throws Exception {
    Load yaml = new Load(LoadSettings.builder().build());
    Object tree = yaml.loadFromString(Files.readString(Path.of("docs/workflows", file)));
    return JsonMapper.shared().valueToTree(tree);
  }

  private Config routeOfTheGuide() throws Exception {
    String guide = Files.readString(Path.of("docs/release-guide.md"));
    int from = guide.indexOf("```yaml\nroutes:") + "```yaml\n".length();
    String routes = guide.substring(from, guide.indexOf("```", from));
    return ConfigReader.read(
        Files.writeString(
            folder.resolve("relay.yaml"), "secrets: { webhook: [env:RELAY_SECRET] }\n" + routes));
  }

  /** One that can take nothing for some deliveries. */
  private static final class FlakyQueue extends RecordingQueue {
    private int failures;

    @Override
    public synchronized Set<String> send(List<Job> jobs) throws QueueUnavailableException {
      if (failures > 0) {
        failures--;
        throw new QueueUnavailableException("the disk is full");
      }
      return super.send(jobs);
    }
  }
}
