package dev.flakerelay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Answer;
import dev.flakerelay.support.AppKeys;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHubApps;
import dev.flakerelay.support.GitHubRest;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.SecretSearch;
import dev.flakerelay.support.SshKeys;
import dev.flakerelay.support.TestHttpServer;
import dev.flakerelay.support.TokenIssuer;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The same search as {@link SecretsTest}'s with an App, senders' tokens, signed commits, commit
 * statuses, notifications and a pull request, each of whose servers repeats what it was sent.
 */
@Tag("slow")
@OneAtATime
class AppSecretsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String AUDIENCE = "https://relay.example.org";
  private static final String API = "api.github.com/";
  private static final String SLACK = "B0RpX7vQk2/Zt9Lw4Hs8Nc3Yd6";
  private static final String HOOK_SECRET = "hook-Mx4Tb8Rz1Vn6Kp3Ws9Qd";
  private static final String NTFY_TOKEN = "tk_Jf5Gh2Yw8Ur3Xc7Po1Lz";

  @TempDir Path folder;
  private final Traces traces = new Traces();
  private final List<String> tokens = new ArrayList<>();
  private final TokenIssuer issuer = new TokenIssuer();
  private final TestHttpServer receiver = TestHttpServer.plain(_ -> Answer.text(200, "ok"));
  private PullRequestFlow flow;
  private RelayProgram program;
  private Path config;
  private Path signing;

  @BeforeEach
  void prepare() throws Exception {
    flow = new PullRequestFlow(folder, "source");
    flow.forge
        .githubApps()
        .register("1234", AppKeys.pair().getPublic())
        .install(
            "1234",
            Map.of("contents", "write", "pull_requests", "write", "statuses", "write"),
            "acme/source",
            "acme/target");
    Path key = Files.writeString(folder.resolve("app.pem"), AppKeys.pkcs1(AppKeys.pair()));
    signing = SshKeys.make(folder.resolve("signing"), "", "-t", "ed25519");
    config = Files.writeString(folder.resolve("secrets.yaml"), config(key));
    program =
        RelayProgram.in(folder.resolve("relay"))
            .with("no_proxy", "127.0.0.1")
            .with("SLACK_URL", "http://127.0.0.1:" + receiver.port() + "/services/" + SLACK)
            .with("HOOK_SECRET", HOOK_SECRET)
            .with("NTFY_TOKEN", NTFY_TOKEN);
    flow.forge.environment().forEach((name, value) -> program = program.with(name, value));
  }

  private String config(Path key) {
    String here = "http://127.0.0.1:" + receiver.port();
    StringBuilder routes = new StringBuilder();
    for (String way : List.of("ssh", "github", "proposed")) {
      routes.append(
          """
            %s:
              when: [{ event: dispatch, repository: acme/source, ref: refs/heads/%s }]
              targets: [{ repository: https://github.com/acme/target.git, branch: main, input: source }]
              commit: { sign: %s }
              publish: %s
          """
              .formatted(
                  way,
                  way,
                  way.equals("proposed") ? "none" : way,
                  way.equals("proposed") ? "pull-request" : "push"));
    }
    return """
    endpoint: %s
    token-issuer: %s
    secrets:
      github-app: { id: 1234, key: "file:%s" }
      signing: "file:%s"
    notify:
      - { url: env:SLACK_URL, as: slack, on: [updated, rejected] }
      - { url: "%s/hook", as: json, secret: env:HOOK_SECRET, on: [updated, rejected] }
      - { url: "%s/topic", as: ntfy, secret: env:NTFY_TOKEN, on: [updated, rejected] }
    routes:
    """
            .formatted(AUDIENCE, issuer.url(), key, signing, here, here)
        + routes;
  }

  @AfterEach
  void stop() {
    issuer.close();
    receiver.close();
    flow.close();
  }

  private void dispatch(ServeProcess serve, String way, Revision revision, int status)
      throws IOException {
    String token =
        issuer.token(
            AUDIENCE,
            Instant.now(),
            claims -> {
              claims.put("repository", "acme/source");
              claims.put("ref", "refs/heads/" + way);
            });
    tokens.add(token);
    HttpResponse<String> answer = serve.dispatch(token, "{\"sha\":\"" + revision + "\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    traces.add(Traces.Place.HTTP_ANSWER, List.of(answer.headers().toString(), answer.body()));
  }

  private void serversRepeatWhatTheyWereSent() {
    for (String path : List.of("app/installations", "repos/acme/source/statuses")) {
      flow.forge.failNext(1, API + path, new Fault.Echo(500));
    }
    flow.forge.failNext(1, "github.com/acme/target.git", new Fault.Echo(502));
    receiver.failNext(3, "/", new Fault.Echo(500));
  }

  private static void ends(JsonNode line, String outcome) {
    assertThat(line.path("outcome").asString()).as("%s", line).isEqualTo(outcome);
  }

  @Test
  void noSecretOfAnAppOrASenderOrAReceiverIsWrittenDownAnywhere() throws Exception {
    try (ServeProcess serve =
        program.serve(config, "--log", "json", "--retry-delay", "PT0.1S", "--workers", "1")) {
      for (String way : List.of("ssh", "github", "proposed")) {
        serversRepeatWhatTheyWereSent();
        Revision revision = flow.release(way);
        dispatch(serve, way, revision, 202);
        ends(serve.outcome(revision.hex()), "updated");
      }
      // A permission is taken away, and a key that GitHub does not know any more.
      Revision last = flow.release("Last");
      flow.forge.failNext(9, API + "repos/acme/target/git", new Fault.Echo(403));
      flow.forge.failNext(1, API + "repos/acme/source/statuses", new Fault.Echo(403));
      dispatch(serve, "github", last, 202);
      ends(serve.outcome(last.hex()), "rejected");
      flow.forge.noMoreFaults();
      dispatch(serve, "elsewhere", last, 401);
      Await.until(PATIENCE, () -> ofRejection() >= 3);
      commandsAreRun(last);
      serve.terminate();
      serve.exit();
      traces.add(serve);
    }
    traces.addFiles(program.folder());
    traces.addObjects(flow.target.directory());
    List<GitHubRest.Status> statuses = flow.forge.githubRest().statuses();
    assertThat(statuses).isNotEmpty();
    traces.add(Traces.Place.OUTPUT, List.of(statuses.toString()));
    traces.add(
        Traces.Place.PULL_REQUEST, List.of(flow.forge.githubRest().pullRequests().toString()));
    receiver.requests().forEach(each -> traces.add(Traces.Place.OUTPUT, each.body()));
    SecretSearch repeated = new SecretSearch("what was repeated", "You sent: POST");
    assertThat(traces.placesHolding(repeated)).contains(Traces.Place.LOG);
    assertThat(searches().stream().flatMap(each -> traces.holding(each).stream())).isEmpty();
  }

  private long ofRejection() {
    return receiver.requests().stream()
        .filter(each -> new String(each.body(), UTF_8).contains("rejected"))
        .count();
  }

  private void commandsAreRun(Revision revision) {
    String file = config.toString();
    String[] update = {"update", "ssh", "--sha", revision.hex(), "--config", file, "--json"};
    for (String[] command :
        List.of(
            new String[] {"check", "--config", file},
            new String[] {"check", "--online", "--config", file},
            update)) {
      Execution run = program.run(command);
      assertThat(run.exit()).as(run.text() + run.errors()).isZero();
      traces.add(run);
    }
    flow.forge.failNext(9, API, new Fault.Echo(401));
    Execution refused = program.run("check", "--online", "--config", file);
    assertThat(refused.exit()).isNotZero();
    traces.add(refused);
  }

  private List<SecretSearch> searches() throws IOException {
    List<SecretSearch> all = new ArrayList<>();
    all.add(new SecretSearch("the App's key", line(AppKeys.pkcs1(AppKeys.pair()))));
    all.add(new SecretSearch("the signing key", line(Files.readString(signing))));
    all.add(new SecretSearch("the receiver's address", SLACK));
    all.add(new SecretSearch("the receiver's secret", HOOK_SECRET));
    all.add(new SecretSearch("the receiver's token", NTFY_TOKEN));
    all.add(new SecretSearch("the webhook's secret", RelayProgram.SECRET));
    List<GitHubApps.Issued> issued = flow.forge.githubApps().issued();
    assertThat(issued).hasSizeGreaterThan(3);
    issued.forEach(each -> all.add(new SecretSearch("an installation's token", each.token())));
    // Its other parts are alike in all tokens, and say nothing.
    tokens.forEach(
        each ->
            all.add(
                new SecretSearch("a sender's token", each.substring(each.lastIndexOf('.') + 1))));
    flow.forge.requests().stream()
        .filter(each -> each.path().startsWith("/app/"))
        .map(each -> each.token().orElseThrow())
        .forEach(
            jwt ->
                all.add(
                    new SecretSearch(
                        "the App's own token", jwt.substring(jwt.lastIndexOf('.') + 1))));
    return all;
  }

  /** One from the middle: the first one is alike in many keys. */
  private static String line(String pem) {
    List<String> lines = pem.lines().toList();
    return lines.get(lines.size() / 2);
  }
}
