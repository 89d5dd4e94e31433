package dev.flakerelay.bench;

import dev.flakerelay.Revision;
import dev.flakerelay.cli.RelayProgram;
import dev.flakerelay.cli.ServeProcess;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.webhook.Signature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A running {@code relay serve}. */
final class WarmRelay implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Stage stage;
  private final ServeProcess serve;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Starts it for all targets of a stage. */
  WarmRelay(Stage stage) {
    this.stage = stage;
    this.serve = stage.program().serve(stage.config());
  }

  /** From the POST until the target's branch has moved. */
  void update(int target, Revision revision) {
    String before = stage.target(target).head("main").hex();
    dispatch(target, revision);
    Path ref = stage.target(target).directory().resolve("refs/heads/main");
    await(() -> !head(ref, before).equals(before), Duration.ofMillis(1));
  }

  private static String head(Path ref, String packed) {
    try {
      return Files.exists(ref) ? Files.readString(ref).strip() : packed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Posts a signed dispatch; it is answered 202. */
  void dispatch(int target, Revision revision) {
    byte[] body =
        """
        {"action":"t%d","repository":{"full_name":"acme/app"},"client_payload":{"sha":"%s"}}\
        """
            .formatted(target, revision)
            .getBytes(StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(serve.webhook())
            .header("Content-Type", "application/json")
            .header("X-GitHub-Event", "repository_dispatch")
            .header("X-GitHub-Delivery", UUID.randomUUID().toString())
            .header("X-Hub-Signature-256", Signature.of(new Secret(RelayProgram.SECRET), body))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 202) {
        throw new IllegalStateException("not accepted: " + answer.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many jobs have ended so far. */
  long outcomes() {
    return serve.errors().stream().filter(line -> line.contains("\"event\":\"outcome\"")).count();
  }

  /** The steps of the last job, as its outcome line has them. */
  String lastOutcome() {
    return serve.errors().stream()
        .filter(line -> line.contains("\"event\":\"outcome\""))
        .reduce("", (first, second) -> second);
  }

  void await(BooleanSupplier condition, Duration pause) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException("not done after " + PATIENCE + ": " + lastOutcome());
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  @Override
  public void close() {
    client.close();
    serve.close();
  }
}
