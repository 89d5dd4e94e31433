package dev.flakerelay.webhook;

import static dev.flakerelay.webhook.Samples.NIXFLEET;
import static dev.flakerelay.webhook.Samples.SHA;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.Glob;
import dev.flakerelay.config.PublicEndpoint;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.TokenIssuer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** An endpoint that takes the tokens of an issuer, and what is sent to it. */
abstract class Dispatches {
  static final String AUDIENCE = "https://relay.example.org";
  static final String BODY = "{\"sha\":\"" + SHA + "\",\"version\":\"v2.1.1\"}";

  final TokenIssuer issuer = new TokenIssuer();
  final RecordingQueue queue = new RecordingQueue();
  final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T09:14:06Z"));
  final InstantSource clock = now::get;
  final Intake intake = intake(queue, dispatches("refs/heads/master"));

  @AfterEach
  void stop() {
    issuer.close();
  }

  static Trigger dispatches(String ref) {
    return new Trigger.Dispatch(NIXFLEET, Optional.of(new Glob(ref)));
  }

  Intake intake(JobQueue into, Trigger... when) {
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

  String token() {
    return issuer.token(AUDIENCE, now.get());
  }

  String token(Consumer<Map<String, Object>> change) {
    return issuer.token(AUDIENCE, now.get(), change);
  }

  static Request dispatch(String token, String body) {
    return Request.of(
        "POST",
        "/dispatch",
        Map.of("Content-Type", "application/json", "Authorization", "Bearer " + token),
        body.getBytes(UTF_8));
  }

  Answer send(String token) {
    return intake.answer(dispatch(token, BODY));
  }

  static String text(Answer answer) {
    return new String(answer.json(), UTF_8);
  }

  static String line(Answer answer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.writeTo(
        new EventLog(new PrintStream(out, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK));
    return out.toString(UTF_8);
  }

  void requireRefused(Answer answer) {
    assertThat(text(answer)).isEqualTo("{\"error\":\"token\"}");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers()).isEmpty();
    assertThat(line(answer)).contains("\"cause\":\"").doesNotContain("eyJ");
    assertThat(queue.sent()).isEmpty();
  }

  static Map<String, Object> with(Map<String, Object> header, String name, Object value) {
    header.put(name, value);
    return header;
  }
}
