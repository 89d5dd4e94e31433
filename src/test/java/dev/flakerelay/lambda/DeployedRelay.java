package dev.flakerelay.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.AwsCommand;
import dev.flakerelay.support.DeployedStack;
import dev.flakerelay.support.EventSourceMapping;
import dev.flakerelay.support.LambdaFunction;
import dev.flakerelay.support.LogGroup;
import dev.flakerelay.support.SqsQueue;
import dev.flakerelay.support.StoredSecret;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.webhook.Signature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * flake-relay on LocalStack, from {@code template.yaml} as it is. Only two numbers are other ones:
 * a job dies after its second failure, and nothing is on a schedule, so that what happens is what a
 * test brings about.
 */
final class DeployedRelay implements AutoCloseable {
  /** How long anything may take; an alarm of the template looks once a minute. */
  static final Duration SOON = Duration.ofMinutes(3);

  private static final String NEVER = "rate(1 day)";

  private final AwsCommand aws = AwsCommand.onLocalStack();
  private final DeployedFlakes flakes;
  private final DeployedStack stack;
  private final LambdaFunction receiver;
  private final String receiverHost;

  private DeployedRelay(String name, String retrySchedule, Path folder, DeployedFlakes flakes)
      throws IOException {
    this.flakes = flakes;
    stack =
        DeployedStack.deploy(
            aws,
            name,
            Path.of("template.yaml"),
            Files.createDirectories(folder.resolve("packaged")),
            Map.of(
                "target/lambda", Path.of("target/lambda"),
                "layer", nixLayer(folder.resolve("layer")),
                "config/aws", configLayer(folder.resolve("config"), name)),
            Map.of(
                "SecretPrefix", name,
                "RetrySchedule", retrySchedule,
                "ReconcileSchedule", NEVER));
    receiver = new LambdaFunction(aws, stack.resource("ReceiveFunction")).withSnapStart("live");
    receiverHost = receiver.createUrl();
    queue().dieAfter(2, deadLetters());
  }

  /**
   * Deploys it.
   *
   * @param name the stack's
   * @param flakes the names of flakes to make, each with a route of its own
   */
  static DeployedRelay of(String name, Path folder, String... flakes) {
    return of(name, NEVER, folder, flakes);
  }

  /**
   * Deploys it with another schedule.
   *
   * @param retrySchedule when RetryFunction is invoked, such as {@code rate(1 minute)}
   */
  static DeployedRelay of(String name, String retrySchedule, Path folder, String... flakes) {
    try {
      DeployedFlakes made = new DeployedFlakes(folder, List.of(flakes));
      return new DeployedRelay(name, retrySchedule, folder, made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its program is this machine's nix, instead of the many files that one is made of. */
  private static Path nixLayer(Path layer) throws IOException {
    Path program = Files.createDirectories(layer.resolve("nix/bin")).resolve("nix");
    Files.copy(TestNix.wrapper(layer.resolveSibling(layer.getFileName() + "-nix"), ""), program);
    return layer;
  }

  private Path configLayer(Path layer, String secretPrefix) throws IOException {
    String config = flakes.config("aws:" + secretPrefix + "/webhook#current");
    Files.writeString(Files.createDirectories(layer).resolve("relay.yaml"), config);
    return layer;
  }

  /** What it updates. */
  DeployedFlakes flakes() {
    return flakes;
  }

  /** The queue of jobs. */
  SqsQueue queue() {
    return new SqsQueue(aws, stack.resource("UpdateQueue"));
  }

  /** The queue of what failed for good. */
  SqsQueue deadLetters() {
    return new SqsQueue(aws, stack.resource("UpdateDeadLetterQueue"));
  }

  /** What invokes UpdateFunction. */
  EventSourceMapping mapping() {
    return new EventSourceMapping(aws, stack.resource("UpdateFunctionJobs"));
  }

  /** A function, by its name in the template. */
  LambdaFunction function(String logicalId) {
    return new LambdaFunction(aws, stack.resource(logicalId));
  }

  /** Keeps the alarm for dead letters from invoking RetryFunction. */
  void silenceAlarm() {
    aws.run(
        "cloudwatch disable-alarm-actions",
        Map.of("--alarm-names", stack.resource("DeadLetterAlarm")));
  }

  /** What deliveries are signed with, as whoever sets up the webhook reads it. */
  Secret secret() {
    return storedSecret().value("current");
  }

  /** Puts another secret in its place, and does nothing else. */
  void rotate(Secret secret) {
    storedSecret().put("current", secret);
  }

  private StoredSecret storedSecret() {
    return new StoredSecret(aws, stack.resource("WebhookSecret"));
  }

  /** Posts a dispatch for one of the flakes, and looks that it is accepted. */
  void dispatch(String flake, Revision revision, String version) {
    assertThat(dispatch(flake, revision, version, secret()).statusCode()).isEqualTo(202);
  }

  /** Posts a dispatch for one of the flakes, signed with some secret. */
  HttpResponse<String> dispatch(String flake, Revision revision, String version, Secret secret) {
    byte[] body = flakes.dispatch(flake, revision, version).getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers =
        Map.of(
            "Content-Type",
            "application/json",
            "X-GitHub-Event",
            "repository_dispatch",
            "X-GitHub-Delivery",
            UUID.randomUUID().toString(),
            "X-Hub-Signature-256",
            Signature.of(secret, body));
    return receiver.post(receiverHost, "/webhook", headers, body);
  }

  /** Waits for the nth outcome of jobs for a revision of a flake's source. */
  JsonNode outcome(String flake, Revision revision, int number) {
    Await.until(SOON, () -> outcomes(flake, revision).size() >= number);
    return outcomes(flake, revision).get(number - 1);
  }

  /** The outcomes so far of jobs for a revision of a flake's source. */
  List<JsonNode> outcomes(String flake, Revision revision) {
    // Sources that were made in the same way have the same revisions.
    return log("UpdateLogs").events("outcome").stream()
        .filter(line -> line.path("route").asString().equals(flake))
        .filter(line -> line.path("requested").asString().equals(revision.hex()))
        .toList();
  }

  /** A function's log; its group is named as in the template. */
  LogGroup log(String group) {
    return new LogGroup(aws, stack.resource(group));
  }

  @Override
  public void close() {
    stack.close();
    flakes.close();
  }
}
