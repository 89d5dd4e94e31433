package dev.flakerelay.webhook;

import static dev.flakerelay.webhook.Samples.NIXFLEET;
import static dev.flakerelay.webhook.Samples.SHA;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.config.Glob;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.local.sqlite.QueueSettings;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.secret.SecretValues;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sender without a secret: its workflow's token says who it is. */
class DispatchTest extends Dispatches {
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
