package dev.flakerelay.webhook;

import static dev.flakerelay.webhook.Samples.SHA;
import static dev.flakerelay.webhook.Samples.dispatch;
import static dev.flakerelay.webhook.Samples.post;
import static dev.flakerelay.webhook.Samples.signed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretReference;
import dev.flakerelay.secret.SecretValues;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {
  private final RecordingQueue queue = new RecordingQueue();
  private final Intake intake =
      new Intake(
          Samples.config(), SecretValues.fixed(List.of(Samples.SECRET)), queue, Samples.CLOCK);

  @Test
  void aDispatchIsQueued() {
    Answer answer = intake.answer(signed("repository_dispatch", dispatch()));

    Job job =
        new Job(
            "nixfleet",
            new TargetRef("https://github.com/markus-barta/nixcfg.git", "main", "."),
            "nixfleet",
            new Job.Wanted(new Revision(SHA), Optional.empty(), Optional.of(new Version("2.1.1"))),
            Job.Request.delivery("72d3162e-cc78-11e3-81ab-4c9367dc0958", Samples.CLOCK.instant()),
            1);
    assertThat(queue.sent()).containsExactly(job);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(new String(answer.json(), UTF_8))
        .isEqualTo(
            "{\"accepted\":[{\"route\":\"nixfleet\",\"target\":\"https://github.com/markus-barta/nixcfg.git"
                + " main\",\"input\":\"nixfleet\",\"job\":\""
                + job.id()
                + "\"}]}");
  }

  @Test
  void nothingIsAcceptedThatTheQueueDidNotTake() {
    queue.becomeUnavailable();
    Answer answer = intake.answer(signed("repository_dispatch", dispatch()));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsKey("Retry-After");
    assertThat(line(answer)).contains("\"level\":\"error\"", "the disk is full");
    assertThat(new String(answer.json(), UTF_8)).doesNotContain("disk");
  }

  @Test
  void whatTheQueueTookIsToldAndNothingElse() {
    List<Job> told = new ArrayList<>();
    Intake telling =
        new Intake(
            Samples.config(),
            SecretValues.fixed(List.of(Samples.SECRET)),
            queue,
            Samples.CLOCK,
            told::add);
    telling.answer(signed("repository_dispatch", dispatch()));
    assertThat(told).isEqualTo(queue.sent()).hasSize(1);
    queue.becomeUnavailable();
    telling.answer(signed("repository_dispatch", dispatch()));
    assertThat(told).hasSize(1);
  }

  @Test
  void theAnswerNamesATargetAsTheLogDoes() {
    Target target =
        new Target(
            new TargetRef("https://git.example/x.git", "main", "hosts"), List.of("a"), List.of());
    Trigger push = new Trigger.Push(Samples.NIXFLEET, "master");
    Intake other =
        new Intake(
            Samples.config(Samples.route("r", List.of(push), target)),
            SecretValues.fixed(List.of(Samples.SECRET)),
            queue,
            Samples.CLOCK);
    String json =
        """
        {"ref":"refs/heads/master","after":"%s","repository":{"full_name":"markus-barta/nixfleet"}}\
        """
            .formatted(SHA);
    assertThat(new String(other.answer(signed("push", json)).json(), UTF_8))
        .contains("\"target\":\"https://git.example/x.git main hosts\"");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /webhook, 405",
    "HEAD, /webhook, 405",
    "OPTIONS, /webhook, 405",
    "post, /webhook, 405",
    "POST, /, 404",
    "POST, /webhook/, 404",
    "POST, //webhook, 404",
    "GET, /healthz, 200",
    "HEAD, /healthz, 200",
    "POST, /healthz, 405"
  })
  void otherPathsAndMethodsAreRefused(String method, String path, int status) {
    Answer answer = intake.answer(Request.of(method, path, Map.of(), new byte[0]));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.headers().containsKey("Allow")).isEqualTo(status == 405);
  }

  @Test
  void aBodyMayHaveSixMebibytes() {
    byte[] longest = new byte[6 * 1024 * 1024];
    assertThat(intake.answer(signed("push", longest)).status()).isEqualTo(400);
    assertThat(intake.answer(signed("push", new byte[longest.length + 1])).status()).isEqualTo(413);
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, 202",
    "'application/json; charset=utf-8', 202",
    "Application/JSON, 202",
    "'application/json;charset=\"UTF-8\"', 202",
    "'\tapplication/json ; a=b', 202",
    "application/vnd.github+json, 202",
    "Application/vnd.github.v3+JSON; charset=utf-8, 202",
    "application/+json, 415",
    "text/json, 415",
    "text/plain, 415",
    "application/jsonp, 415",
    "'', 415",
    "'application/json,application/json', 415"
  })
  void onlyGitHubsTwoContentTypesAreTaken(String contentType, int status) {
    byte[] body = dispatch().getBytes(UTF_8);
    Map<String, String> headers = Samples.headers("repository_dispatch", body);
    headers.put("Content-Type", contentType);
    assertThat(intake.answer(post(headers, body)).status()).isEqualTo(status);
  }

  @Test
  void headerNamesMayHaveAnyCase() {
    byte[] body = dispatch().getBytes(UTF_8);
    Map<String, String> lower = new HashMap<>();
    Samples.headers("repository_dispatch", body)
        .forEach((k, v) -> lower.put(k.toLowerCase(Locale.ROOT), v));
    assertThat(intake.answer(post(lower, body)).status()).isEqualTo(202);
  }

  @Test
  void aMissingAndAWrongSignatureGetTheSameAnswer() {
    byte[] body = "no JSON".getBytes(UTF_8);
    Map<String, String> missing = Samples.headers("push", body);
    missing.remove("X-Hub-Signature-256");
    Map<String, String> wrong = Samples.headers("push", "other".getBytes(UTF_8));
    assertThat(intake.answer(post(missing, body))).isEqualTo(intake.answer(post(wrong, body)));
    assertThat(intake.answer(post(wrong, body)).body()).isEqualTo(Map.of("error", "signature"));
  }

  @Test
  void theSignatureIsCheckedBeforeAnyHeaderOrJson() {
    Map<String, String> headers = Map.of("Content-Type", "application/json");
    assertThat(intake.answer(post(headers, new byte[0])).status()).isEqualTo(401);
  }

  @Test
  void twoSecretsMaySignAtOnce() {
    Secret next = new Secret("next");
    Intake rotating =
        new Intake(
            Samples.config(),
            SecretValues.fixed(List.of(next, Samples.SECRET)),
            queue,
            Samples.CLOCK);
    byte[] body = dispatch().getBytes(UTF_8);
    Map<String, String> headers = Samples.headers("repository_dispatch", body);
    assertThat(rotating.answer(post(headers, body)).status()).isEqualTo(202);
    headers.put("X-Hub-Signature-256", Signature.of(next, body));
    assertThat(rotating.answer(post(headers, body)).status()).isEqualTo(202);
    assertThat(intake.answer(post(headers, body)).status()).isEqualTo(401);
  }

  @Test
  void anIntakeWithoutASecretIsRefused() {
    assertThatThrownBy(
            () -> new Intake(Samples.config(), SecretValues.fixed(List.of()), queue, Samples.CLOCK))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "X-GitHub-Event, , is missing",
    "X-GitHub-Event, 'push\nx', is not of the form",
    "X-GitHub-Event, 'push,push', is not of the form",
    "X-GitHub-Delivery, , is missing",
    "X-GitHub-Delivery, '', is not of the form",
    "X-GitHub-Delivery, 'a b', is not of the form",
    "X-GitHub-Delivery, ---, is not of the form",
    "X-GitHub-Delivery, 'a\nFlake-Rev: b', is not of the form",
  })
  void aMalformedHeaderIsNamed(String name, @Nullable String value, String what) {
    byte[] body = dispatch().getBytes(UTF_8);
    Map<String, String> headers = Samples.headers("repository_dispatch", body);
    headers.remove(name);
    if (value != null) {
      headers.put(name, value);
    }
    Answer answer = intake.answer(post(headers, body));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().get("error")).asString().contains(name, what);
    assertThat(line(answer)).doesNotContain("Flake-Rev");
  }

  static List<List<String>> malformed() {
    return List.of(
        List.of("", "not a JSON object"),
        List.of("nonsense", "line 1, column"),
        List.of("{\n\"a\":}", "line 2"),
        List.of("{\"a\":1", "not JSON"),
        List.of("{} {}", "goes on after its end"),
        List.of("[]", "not a JSON object"),
        List.of("null", "not a JSON object"),
        List.of("\"x\"", "not a JSON object"),
        List.of("{\"action\":\"a\",\"action\":\"b\"}", "a key twice"),
        List.of("[".repeat(100_000), "nested too deep"),
        List.of("{\"a\":" + "9".repeat(100_000) + "}", "number in it is too long"),
        List.of("{\"a\":NaN}", "not JSON"),
        List.of("\ufeff{}", "not JSON"),
        List.of("{\"repository\":{\"full_name\":7}}", "repository.full_name is not a text"),
        List.of("{\"repository\":{\"full_name\":\"a\"}}", "repository.full_name is not owner/name"),
        List.of("{\"repository\":{\"full_name\":\"a/b/c\"}}", "is not owner/name"),
        List.of("{\"repository\":{\"full_name\":\"markus-barta/nixcfg\"}}", "action is missing"),
        List.of(dispatch("null"), "client_payload.sha is missing"),
        List.of(dispatch("\"x\""), "client_payload.sha is missing"),
        List.of(dispatch("{\"sha\":null}"), "client_payload.sha is missing"),
        List.of(dispatch("{\"sha\":7}"), "client_payload.sha is not a text"),
        List.of(dispatch("{\"sha\":\"abc\"}"), "client_payload.sha is not a full commit id"),
        List.of(dispatch("{\"sha\":\"" + SHA + "\\n\"}"), "client_payload.sha is not a full"),
        List.of(
            dispatch("{\"sha\":\"" + "0".repeat(40) + "\"}"), "client_payload.sha is all zeros"),
        List.of(
            dispatch("{\"sha\":\"" + SHA + "\",\"version\":[2]}"),
            "client_payload.version is neither text nor a number"),
        List.of(
            dispatch("{\"sha\":\"" + SHA + "\",\"version\":true}"),
            "client_payload.version is neither text nor a number"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatIsMalformedIsSaidAndWhere(List<String> jsonAndError) {
    Answer answer = intake.answer(signed("repository_dispatch", jsonAndError.getFirst()));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().get("error")).asString().contains(jsonAndError.getLast());
    assertThat(queue.sent()).isEmpty();
  }

  @Test
  void wrongUtf8IsRefusedByItsPlace() {
    byte[] body = "{\"a\":\"??\"}".getBytes(UTF_8);
    body[6] = (byte) 0xc3;
    Answer answer = intake.answer(signed("push", body));
    assertThat(answer.body()).isEqualTo(Map.of("error", "the payload is not UTF-8: byte 7"));
  }

  @Test
  void aPayloadInUtf16IsNotGuessed() {
    byte[] body = dispatch().getBytes(StandardCharsets.UTF_16);
    assertThat(intake.answer(signed("repository_dispatch", body)).status()).isEqualTo(400);
  }

  @Test
  void aMegabyteOfGarbageIsRefused() {
    byte[] garbage = new byte[1_000_000];
    new Random(7).nextBytes(garbage);
    assertThat(intake.answer(signed("push", garbage)).status()).isEqualTo(400);
    Map<String, String> unsigned = Map.of("Content-Type", "application/json");
    assertThat(intake.answer(post(unsigned, garbage)).status()).isEqualTo(401);
  }

  @Test
  void aFormIsReadAsItsPayload() {
    String form = "payload=" + URLEncoder.encode(dispatch(), UTF_8) + "&other=1";
    assertThat(form(form).status()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "payload",
        "payload=",
        "other=1",
        "payload={}&payload={}",
        "payload=%7",
        "payload=%zz",
        "payload=%ff",
        "Payload={}"
      })
  void aMalformedFormIsRefused(String form) {
    assertThat(form(form).status()).isEqualTo(400);
  }

  private Answer form(String form) {
    byte[] body = form.getBytes(UTF_8);
    Map<String, String> headers = Samples.headers("repository_dispatch", body);
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    return intake.answer(post(headers, body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":1.10},%s}        | 1.10
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"version":1e3,"sha":"%s"},%s}         | 1e3
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":2.0E+5},%s}      | 2.0E+5
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":7},%s}           | 7
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":-0.0},%s}        | -0.0
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":20261127093012345678901},%s} | 20261127093012345678901
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":0.30000000000000000001},%s}  | 0.30000000000000000001
          repository_dispatch | {"version":3,"client_payload":{"a":{"version":4},"version":5.50,"sha":"%s"},"action":"nixfleet-updated",%s} | 5.50
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":"1.10"},%s}      | 1.10
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":"refs/tags/hello-v1.1.0"},%s} | 1.1.0
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":"1:2.3-4"},%s}   | none
          repository_dispatch | {"action":"nixfleet-updated","client_payload":{"sha":"%s","version":null},%s}        | none
          """)
  void aVersionIsTextOrANumberAsItIsWritten(String event, String json, String version) {
    String repository = "\"repository\":{\"full_name\":\"markus-barta/nixcfg\"}";
    Answer answer = intake.answer(signed(event, json.formatted(SHA, repository)));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(queue.sent().getFirst().version().map(Version::text).orElse("none"))
        .isEqualTo(version);
  }

  @Test
  void aSecretThatWasChangedInItsFileVerifiesWithoutARestart(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), "the one before");
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    Intake other = new Intake(Samples.config(), secretIn(file, now::get), queue, Samples.CLOCK);
    Request delivery = signed("repository_dispatch", dispatch());
    assertThat(other.answer(delivery).status()).isEqualTo(401);
    Files.writeString(file, Samples.SECRET.value());
    now.set(now.get().plusSeconds(30));
    assertThat(other.answer(delivery).status()).isEqualTo(202);
  }

  @Test
  void aSecretThatCannotBeReadAsksTheSenderToComeAgain(@TempDir Path folder) {
    Path missing = folder.resolve("missing");
    Intake other =
        new Intake(Samples.config(), secretIn(missing, Samples.CLOCK), queue, Samples.CLOCK);
    Answer answer = other.answer(signed("repository_dispatch", dispatch()));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsKey("Retry-After");
    assertThat(new String(answer.json(), UTF_8)).doesNotContain("missing");
    assertThat(line(answer)).contains("no such file");
    assertThat(queue.sent()).isEmpty();
  }

  private static SecretValues secretIn(Path file, InstantSource clock) {
    return SecretValues.of(
        SecretReader.of(Map.of()), List.of(SecretReference.parse("file:" + file)), clock);
  }

  @Test
  void aMistakeOfOursIsAnAnswerToo() {
    Intake broken =
        new Intake(
            Samples.config(),
            SecretValues.fixed(List.of(Samples.SECRET)),
            queue,
            () -> {
              throw new IllegalStateException("no clock");
            });
    Answer answer = broken.answer(signed("repository_dispatch", dispatch()));
    assertThat(answer.status()).isEqualTo(500);
    assertThat(line(answer)).contains("no clock");
  }

  /** Seeded, so that a failure comes again. */
  @Test
  void noMutationOfASignedDeliveryMakesAnErrorOfOurs() {
    Random random = new Random(20261120);
    byte[] original = dispatch().getBytes(UTF_8);
    for (int round = 0; round < 5_000; round++) {
      byte[] body = Arrays.copyOf(original, original.length - random.nextInt(3));
      for (int change = random.nextInt(4); change >= 0; change--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      assertThat(intake.answer(signed("repository_dispatch", body)).status())
          .as("round %d", round)
          .isIn(200, 202, 400);
    }
  }

  @Test
  void aDeliveryLeavesOneLine() {
    Answer accepted = intake.answer(signed("repository_dispatch", dispatch()));
    assertThat(line(accepted))
        .isEqualTo(
            "{\"time\":\"2026-11-20T09:14:06Z\",\"level\":\"info\",\"event\":\"delivery\",\"github_event\":\"repository_dispatch\",\"delivery\":\"72d3162e-cc78-11e3-81ab-4c9367dc0958\",\"status\":202,\"accepted\":1}\n");
    assertThat(line(intake.answer(signed("ping", "{}")))).contains("\"ignored\":\"ping\"");
    assertThat(line(intake.answer(Request.of("GET", "/healthz", Map.of(), new byte[0])))).isEmpty();
  }

  private static String line(Answer answer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    answer.writeTo(
        new EventLog(new PrintStream(bytes, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK));
    return bytes.toString(UTF_8);
  }
}
