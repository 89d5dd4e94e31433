package dev.flakerelay.webhook;

import static dev.flakerelay.webhook.Samples.NIXFLEET;
import static dev.flakerelay.webhook.Samples.SHA;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.Glob;
import dev.flakerelay.config.PublicEndpoint;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.local.sqlite.QueueSettings;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.TokenIssuer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A sender without a secret: its workflow's token says who it is. */
class DispatchTest {
  private static final String AUDIENCE = "https://relay.example.org";
  private static final String BODY = "{\"sha\":\"" + SHA + "\",\"version\":\"v2.1.1\"}";

  private final TokenIssuer issuer = new TokenIssuer();
  private final RecordingQueue queue = new RecordingQueue();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-20T09:14:06Z"));
  private final InstantSource clock = now::get;
  private final Intake intake = intake(queue, dispatches("refs/heads/master"));

  @AfterEach
  void stop() {
    issuer.close();
  }

  private static Trigger dispatches(String ref) {
    return new Trigger.Dispatch(NIXFLEET, Optional.of(new Glob(ref)));
  }

  private Intake intake(JobQueue into, Trigger... when) {
    Route route = Samples.route("nixfleet", List.of(when), Samples.target("nixcfg", "nixfleet"));
    Config config = Samples.config(route);
    return new Intake(
        new Config(
            config.secrets(),
            config.routes(),
            config.network(),
            List.of(),
            config.forges(),
            List.of(),
            new PublicEndpoint(Optional.of(AUDIENCE), issuer.url())),
        SecretValues.fixed(List.of()),
        into,
        clock);
  }

  private String token() {
    return issuer.token(AUDIENCE, now.get());
  }

  private String token(Consumer<Map<String, Object>> change) {
    return issuer.token(AUDIENCE, now.get(), change);
  }

  private static Request dispatch(String token, String body) {
    return Request.of(
        "POST",
        "/dispatch",
        Map.of("Content-Type", "application/json", "Authorization", "Bearer " + token),
        body.getBytes(UTF_8));
  }

  private Answer send(String token) {
    return intake.answer(dispatch(token, BODY));
  }

  private static String text(Answer answer) {
    return new String(answer.json(), UTF_8);
  }

  private static String line(Answer answer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.writeTo(
        new EventLog(new PrintStream(out, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK));
    return out.toString(UTF_8);
  }

  @Test
  void aWorkflowsTokenIsEnough() {
    Answer answer = send(token());
    assertThat(answer.status()).isEqualTo(202);
    assertThat(queue.sent())
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.wanted().revision()).hasToString(SHA);
              assertThat(job.wanted().version()).hasToString("Optional[2.1.1]");
              assertThat(job.request().delivery()).contains("run-12345678901-1");
            });
    assertThat(line(answer))
        .contains("\"delivery\":\"run-12345678901-1\"")
        .contains("\"sender\":\"markus-barta/nixfleet refs/heads/master\"");
  }

  private static long number(Map<String, Object> claims, String name) {
    return (long) requireNonNull(claims.get(name));
  }

  static Map<String, Consumer<Map<String, Object>>> wrongClaims() {
    Map<String, Consumer<Map<String, Object>>> wrong = new LinkedHashMap<>();
    wrong.put("another issuer", c -> c.put("iss", "https://token.actions.example.org"));
    wrong.put("the issuer and a slash", c -> c.put("iss", c.get("iss") + "/"));
    wrong.put("no issuer", c -> c.remove("iss"));
    wrong.put("another audience", c -> c.put("aud", "https://github.com/markus-barta"));
    wrong.put("a longer audience", c -> c.put("aud", AUDIENCE + ".evil.example"));
    wrong.put("two audiences", c -> c.put("aud", List.of(AUDIENCE, "https://other.example")));
    wrong.put("no audience", c -> c.remove("aud"));
    wrong.put("a number as audience", c -> c.put("aud", 1));
    wrong.put("expired", c -> c.put("exp", number(c, "iat") - 61));
    wrong.put("no end", c -> c.remove("exp"));
    wrong.put("an end that is text", c -> c.put("exp", "tomorrow"));
    wrong.put("not valid yet", c -> c.put("nbf", number(c, "iat") + 120));
    wrong.put("issued in the future", c -> c.put("iat", number(c, "exp")));
    wrong.put("another repository", c -> c.put("repository", "markus-barta/nixfleet2"));
    wrong.put("another owner", c -> c.put("repository", "evil/nixfleet"));
    wrong.put("a repository that is none", c -> c.put("repository", "../nixfleet/x"));
    wrong.put("no repository", c -> c.remove("repository"));
    wrong.put("two repositories", c -> c.put("repository", List.of("markus-barta/nixfleet")));
    wrong.put("another branch", c -> c.put("ref", "refs/heads/evil"));
    wrong.put("a tag of the branch's name", c -> c.put("ref", "refs/tags/master"));
    wrong.put("a branch that ends alike", c -> c.put("ref", "refs/heads/x/refs/heads/master"));
    wrong.put("a pull request", c -> c.put("ref", "refs/pull/7/merge"));
    wrong.put("no ref", c -> c.remove("ref"));
    wrong.put("no run", c -> c.remove("run_id"));
    wrong.put("a run with words", c -> c.put("run_id", "1\nRelay-Delivery: x"));
    wrong.put("no id", c -> c.remove("jti"));
    // Whoever may name a repository may name it so; the subject proves nothing.
    wrong.put(
        "the right subject alone",
        c -> {
          c.put("sub", "repo:markus-barta/nixfleet:ref:refs/heads/master");
          c.put("repository", "evil/x");
        });
    return wrong;
  }

  static List<String> wrongClaimsNames() {
    return List.copyOf(wrongClaims().keySet());
  }

  @ParameterizedTest
  @MethodSource("wrongClaimsNames")
  void aTokenOfSomebodyElseIsAnswered401AndNothingMore(String name) {
    requireRefused(send(token(requireNonNull(wrongClaims().get(name)))));
  }

  private void requireRefused(Answer answer) {
    assertThat(text(answer)).isEqualTo("{\"error\":\"token\"}");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers()).isEmpty();
    assertThat(line(answer)).contains("\"cause\":\"").doesNotContain("eyJ");
    assertThat(queue.sent()).isEmpty();
  }

  @Test
  void aTokenWithoutARightSignatureIsRefused() throws Exception {
    Map<String, Object> claims = issuer.claims(AUDIENCE, now.get());
    String right = token();
    String content = right.substring(0, right.lastIndexOf('.'));
    KeyPair own = issuer.key().getValue();
    RSAPublicKey published = (RSAPublicKey) own.getPublic();
    List<String> wrong = new ArrayList<>();
    wrong.add(issuer.sign(claims, header -> header, TokenIssuer.newKey(2048)));
    wrong.add(content + "." + TokenIssuer.base64(new byte[256]));
    wrong.add(content + ".AA");
    for (String none : List.of("none", "None", "NONE", "nOnE")) {
      String unsigned =
          TokenIssuer.encoded(Map.of("alg", none)) + "." + TokenIssuer.encoded(claims) + ".";
      wrong.add(unsigned);
      wrong.add(unsigned + "AA");
    }
    for (byte[] key :
        List.of(
            published.getEncoded(),
            published.getModulus().toByteArray(),
            TokenIssuer.base64(published.getEncoded()).getBytes(UTF_8))) {
      String hmac =
          TokenIssuer.encoded(Map.of("alg", "HS256", "kid", issuer.key().getKey()))
              + "."
              + TokenIssuer.encoded(claims);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      wrong.add(hmac + "." + TokenIssuer.base64(mac.doFinal(hmac.getBytes(UTF_8))));
    }
    for (Map.Entry<String, Object> each :
        Map.<String, Object>of(
                "alg", "RS512", "kid", "another", "crit", List.of("exp"), "b64", false)
            .entrySet()) {
      wrong.add(issuer.sign(claims, header -> with(header, each.getKey(), each.getValue()), own));
    }
    // Its own key in the header, or where to find it.
    KeyPair evil = TokenIssuer.newKey(2048);
    RSAPublicKey key = (RSAPublicKey) evil.getPublic();
    Map<String, Object> jwk =
        Map.of(
            "kty", "RSA",
            "e", TokenIssuer.base64(key.getPublicExponent().toByteArray()),
            "n", TokenIssuer.base64(key.getModulus().toByteArray()));
    wrong.add(issuer.sign(claims, header -> with(header, "jwk", jwk), evil));
    wrong.add(issuer.sign(claims, header -> with(header, "jku", "http://127.0.0.1:1/"), evil));
    wrong.add(issuer.sign(claims, header -> without(header, "kid"), own));
    // What was signed, with another payload.
    wrong.add(
        content.substring(0, content.indexOf('.'))
            + "."
            + TokenIssuer.encoded(issuer.claims(AUDIENCE, now.get().plusSeconds(1)))
            + right.substring(right.lastIndexOf('.')));
    for (String each : wrong) {
      requireRefused(send(each));
    }
    for (String each :
        List.of("", "x", "a.b", "a.b.c", "a.b.c.d.e", "é.é.é", right + "," + right)) {
      requireRefused(send(each));
    }
    assertThat(send(right).status()).isEqualTo(202);
  }

  private static Map<String, Object> with(Map<String, Object> header, String name, Object value) {
    header.put(name, value);
    return header;
  }

  private static Map<String, Object> without(Map<String, Object> header, String name) {
    header.remove(name);
    return header;
  }

  @Test
  void aShortKeyProvesNothing() {
    KeyPair weak = TokenIssuer.newKey(1024);
    issuer.publish("weak", weak);
    requireRefused(
        send(
            issuer.sign(
                issuer.claims(AUDIENCE, now.get()), header -> with(header, "kid", "weak"), weak)));
  }

  @Test
  void clocksMayBeAMinuteApart() {
    String token = token();
    now.set(now.get().plusSeconds(300 + 59));
    assertThat(send(token).status()).isEqualTo(202);
    now.set(now.get().plusSeconds(1));
    queue.clear();
    requireRefused(send(token));
    now.set(now.get().minusSeconds(300 + 60 + 50));
    assertThat(send(token).status()).isEqualTo(202);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "refs/heads/master | refs/heads/master | 202",
        "refs/tags/v*      | refs/tags/v1.2.3  | 202",
        "refs/tags/v*      | refs/tags/v1/x    | 401",
        "refs/heads/**     | refs/heads/a/b    | 202",
        "                  | refs/pull/7/merge | 202",
      })
  void aTriggerMaySayWhatTheWorkflowRunsFor(String wanted, String ref, int status) {
    Trigger trigger = new Trigger.Dispatch(NIXFLEET, Optional.ofNullable(wanted).map(Glob::new));
    Answer answer = intake(queue, trigger).answer(dispatch(token(c -> c.put("ref", ref)), BODY));
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void caseOfARepositorysNameDoesNotCountAndASlashAfterTheAudienceNeither() {
    assertThat(send(token(c -> c.put("repository", "Markus-Barta/NixFleet"))).status())
        .isEqualTo(202);
    assertThat(send(token(c -> c.put("aud", AUDIENCE + "/"))).status()).isEqualTo(202);
    assertThat(send(token(c -> c.put("aud", List.of(AUDIENCE)))).status()).isEqualTo(202);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | sha is missing",
        "[] | the payload is not a JSON object",
        "{\"sha\":\"main\"} | sha is not a full commit id of 40 (or 64) hex digits",
        "{\"sha\":\"0000000000000000000000000000000000000000\"} | sha is all zeros, which names no"
            + " commit",
        "{\"sha\":\"37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6\",\"version\":[]} | version is neither"
            + " text nor a number",
        "{\"sha\":\"a\",\"sha\":\"b\"} | the payload has a key twice, or goes on after its end:"
            + " line 1, column 18",
      })
  void aBodyThatIsWrongIsAnswered400(String body, String error) {
    Answer answer = intake.answer(dispatch(token(), body));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).containsEntry("error", error);
    requireRefused(intake.answer(dispatch("a.b.c", body)));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, application/json, 405",
    "PUT, application/json, 405",
    "POST, application/x-www-form-urlencoded, 415",
    "POST, text/plain, 415",
    "POST, application/json; charset=utf-8, 202"
  })
  void methodsAndTypesAreThoseOfTheContract(String method, String type, int status) {
    Map<String, String> headers =
        Map.of("content-type", type, "authorization", "bearer " + token());
    byte[] body = BODY.getBytes(UTF_8);
    assertThat(intake.answer(Request.of(method, "/dispatch", headers, body)).status())
        .isEqualTo(status);
    byte[] long6 = new byte[Request.LONGEST_BODY + 1];
    assertThat(intake.answer(Request.of("POST", "/dispatch", headers, long6)).status())
        .isEqualTo(413);
  }

  @Test
  void aPathThatNoRouteNeedsDoesNotExist() {
    Request request = dispatch(token(), BODY);
    Intake signed =
        new Intake(Samples.config(), SecretValues.fixed(List.of(Samples.SECRET)), queue, clock);
    assertThat(text(signed.answer(request)))
        .isEqualTo("{\"error\":\"not found: deliveries are posted to /webhook\"}");
    assertThat(signed.answer(request).status()).isEqualTo(404);
    Answer answer = intake.answer(Samples.signed("push", "{}"));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(text(answer)).contains("posted to /dispatch");
    assertThatThrownBy(() -> intake(queue, dispatches("refs/**"), new Trigger.Release(NIXFLEET)))
        .hasMessage("a webhook needs at least one secret");
    assertThat(issuer.server().requests()).isEmpty();
  }

  /** Whoever may sign webhooks speaks for its repository, and for no workflow of another. */
  @Test
  void aSignedDeliveryCanNotPassForADispatch() {
    Route route =
        Samples.route(
            "r",
            List.of(dispatches("refs/**"), new Trigger.Push(Samples.NIXCFG, "main")),
            Samples.target("nixcfg", "nixfleet"));
    Intake both =
        new Intake(
            Samples.config(route), SecretValues.fixed(List.of(Samples.SECRET)), queue, clock);
    String body = BODY.replace("{", "{\"repository\":{\"full_name\":\"markus-barta/nixfleet\"},");
    assertThat(both.answer(Samples.signed("dispatch", body)).status()).isEqualTo(200);
    assertThat(queue.sent()).isEmpty();
  }

  @Test
  void keysAreKeptAndANewOneIsFound() {
    String old = token();
    assertThat(send(old).status()).isEqualTo(202);
    assertThat(send(token()).status()).isEqualTo(202);
    assertThat(issuer.reads()).isEqualTo(1);
    issuer.rotate();
    now.set(now.get().plusSeconds(31));
    assertThat(send(token()).status()).isEqualTo(202);
    assertThat(send(old).status()).isEqualTo(202);
    assertThat(issuer.reads()).isEqualTo(2);
  }

  @Test
  void aKeyThatTheIssuerHasWithdrawnCountsForAnHourAtTheMost() {
    KeyPair old = issuer.key().getValue();
    String id = issuer.key().getKey();
    assertThat(send(token()).status()).isEqualTo(202);
    issuer.rotate();
    issuer.retireOldKeys();
    now.set(now.get().plus(Duration.ofMinutes(61)));
    queue.clear();
    Map<String, Object> claims = issuer.claims(AUDIENCE, now.get());
    requireRefused(send(issuer.sign(claims, header -> with(header, "kid", id), old)));
  }

  @Test
  void keysThatNobodyHasMakeNoFloodOfRequests() {
    KeyPair evil = TokenIssuer.newKey(2048);
    for (int i = 0; i < 200; i++) {
      String id = "made-up-" + i;
      requireRefused(
          send(
              issuer.sign(
                  issuer.claims(AUDIENCE, now.get()), header -> with(header, "kid", id), evil)));
    }
    assertThat(issuer.reads()).isEqualTo(1);
    for (String name : wrongClaimsNames().subList(0, 11)) {
      requireRefused(send(token(requireNonNull(wrongClaims().get(name)))));
    }
    assertThat(send(token()).status()).isEqualTo(202);
    assertThat(issuer.reads()).isEqualTo(1);
  }

  @Test
  void anIssuerThatCanNotBeAskedIsNobodysFault() {
    issuer.server().failNext(1, "/.well-known/jwks", new Fault.Status(500, Map.of(), "oops"));
    Answer answer = send(token());
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsKey("Retry-After");
    assertThat(text(answer)).doesNotContain(issuer.url());
    assertThat(line(answer)).contains(issuer.url() + "/.well-known/jwks: it answered 500");
    // It is left alone for a while, and asked again then.
    assertThat(send(token()).status()).isEqualTo(503);
    now.set(now.get().plusSeconds(31));
    assertThat(send(token()).status()).isEqualTo(202);
    assertThat(issuer.reads()).isEqualTo(2);
  }

  @Test
  void anIssuerSendsToNoOtherServer() {
    try (TokenIssuer other = new TokenIssuer()) {
      issuer.moveKeys(other.url() + "/.well-known/jwks");
      assertThat(line(send(token()))).contains("`jwks_uri` is not on the issuer's own server");
      now.set(now.get().plusSeconds(31));
      issuer.moveKeys(issuer.url() + "/.well-known/jwks");
      issuer
          .server()
          .failNext(
              1,
              "/.well-known/jwks",
              new Fault.Status(302, Map.of("Location", other.url() + "/.well-known/jwks"), ""));
      assertThat(send(token()).status()).isEqualTo(503);
      assertThat(other.server().requests()).isEmpty();
    }
  }

  @Test
  void manyAtOnceAreAnsweredByOneReadingOfTheKeys() throws Exception {
    try (var threads = Executors.newFixedThreadPool(12)) {
      List<Callable<Integer>> senders =
          IntStream.range(0, 12)
              .mapToObj(i -> (Callable<Integer>) () -> send(token()).status())
              .toList();
      List<Integer> statuses = new ArrayList<>();
      for (var each : threads.invokeAll(senders)) {
        statuses.add(each.get());
      }
      assertThat(statuses.stream().collect(Collectors.toSet())).containsExactly(202);
    }
    assertThat(issuer.reads()).isEqualTo(1);
  }

  @Test
  void aTokenThatIsShownAgainQueuesNothingAnew(@TempDir Path folder) throws Exception {
    QueueSettings usual = QueueSettings.DEFAULT;
    QueueSettings settings =
        new QueueSettings(
            usual.visibilityTimeout(), Duration.ZERO, usual.maxReceiveCount(), usual.retention());
    try (JobQueue durable = SqliteJobQueue.open(folder, settings, InstantSource.system())) {
      Intake served = intake(durable, dispatches("refs/heads/master"));
      String token = token();
      assertThat(text(served.answer(dispatch(token, BODY)))).doesNotContain("duplicate");
      // The event is done, and a newer one as well.
      durable.delete(durable.receive(1, Duration.ZERO).getFirst());
      served.answer(dispatch(token(), BODY.replace("37d5", "47d5")));
      durable.delete(durable.receive(1, Duration.ZERO).getFirst());
      // The last character of the signature has bits that count for nothing.
      char last = token.charAt(token.length() - 1);
      for (String again :
          List.of(token, token.substring(0, token.length() - 1) + (char) (last + 1))) {
        for (String body :
            List.of(
                BODY, " " + BODY, BODY.replace("v2.1.1", "9.9"), BODY.replace("d6\"", "D6\""))) {
          Answer answer = served.answer(dispatch(again, body));
          assertThat(answer.status() == 401 || text(answer).contains("\"duplicate\":true"))
              .as(text(answer))
              .isTrue();
        }
      }
      assertThat(durable.receive(1, Duration.ZERO)).isEmpty();
      // A new token is a new request.
      assertThat(text(served.answer(dispatch(token(), BODY)))).doesNotContain("duplicate");
    }
  }
}
