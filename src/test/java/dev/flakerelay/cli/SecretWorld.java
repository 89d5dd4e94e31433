package dev.flakerelay.cli;

import dev.flakerelay.Revision;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.support.Answer;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestHttpServer;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A running program that needs a secret for everything: two for deliveries, one of them in AWS, a
 * token for private sources and targets on github.com, and a password for the way there. What it
 * writes down is collected. The targets' names hold a word that is no secret, to see that what is
 * searched is the right thing.
 */
final class SecretWorld implements AutoCloseable {
  static final String PLANTED = "Planted5Kx9Qw3Zt7";
  static final String TARGET = "acme/machines-" + PLANTED;
  static final String PROPOSED = "acme/proposed-" + PLANTED;
  static final String APP = "acme/app-" + PLANTED;
  static final String LIB = "acme/lib-" + PLANTED;

  private static final Duration SOON = Duration.ofMinutes(3);

  final TestForge forge = TestForge.start();
  final Traces traces = new Traces();
  final TestRepository app;
  final TestRepository lib;
  final TestRepository target;
  final Path config;
  final RelayProgram program;
  private final TestRepository proposed;
  private final RecordedPrograms programs;
  private final TestHttpServer aws;
  private ServeProcess serve;

  SecretWorld(Path folder) throws IOException {
    forge.proxy().requirePassword("me", RunSecrets.PASSWORD);
    app = source(folder, "app", APP);
    lib = source(folder, "lib", LIB);
    TestRepository work = TestRepository.create(folder.resolve("work"));
    String flake =
        FlakeText.describedAs("target")
            .input("app", "github:" + APP)
            .input("lib", "git+https://github.com/" + LIB + ".git?ref=main")
            .text();
    work.write("flake.nix", flake).commit("Add the flake");
    TestNix.in(folder.resolve("nix"), forge.environment()).lock(work.directory()).succeeded();
    work.commit("Lock");
    target = work.bareClone(folder.resolve("target.git"));
    proposed = work.bareClone(folder.resolve("proposed.git"));
    show(RunSecrets.TOKEN);
    aws =
        TestHttpServer.plain(
            request ->
                Answer.json(
                    200, Map.of("SecretString", "{\"webhook\":\"" + RunSecrets.SECOND + "\"}")));
    programs = RecordedPrograms.in(folder.resolve("recorded"));
    Path secret = Files.writeString(folder.resolve("token"), RunSecrets.TOKEN + "\n");
    config = Files.writeString(folder.resolve("relay.yaml"), config(secret));
    program = program(folder.resolve("relay"));
    start();
  }

  private TestRepository source(Path folder, String name, String path) {
    TestRepository source = TestRepository.create(folder.resolve(name));
    source.write("flake.nix", FlakeText.describedAs(name).text()).commit("First");
    forge.github(path, source);
    return source;
  }

  /** From now on all is private and this token opens it. */
  void show(String token) {
    forge.hidden("github.com", APP, app, token);
    forge.hidden("github.com", LIB, lib, token);
    forge.hidden("github.com", TARGET, target, token);
    forge.hidden("github.com", PROPOSED, proposed, token);
  }

  private static String config(Path token) {
    return """
    secrets:
      webhook: [env:RELAY_WEBHOOK_SECRET, "aws:relay#webhook"]
      git: file:%s
    routes:
      app:
        when: [{ event: repository_dispatch, repository: acme/all, type: app }]
        targets: [{ repository: "https://github.com/%s.git", branch: main, input: app }]
      lib:
        when: [{ event: repository_dispatch, repository: acme/all, type: lib }]
        targets: [{ repository: "https://github.com/%s.git", branch: main, input: lib }]
      proposed:
        when: [{ event: repository_dispatch, repository: acme/all, type: proposed }]
        targets: [{ repository: "https://github.com/%s.git", branch: main, input: app }]
        publish: pull-request
    """
        .formatted(token, TARGET, TARGET, PROPOSED);
  }

  private RelayProgram program(Path folder) {
    RelayProgram made =
        RelayProgram.in(folder)
            .with("RELAY_WEBHOOK_SECRET", RunSecrets.FIRST)
            .with("TOKEN", RunSecrets.TOKEN)
            .with("OTHER_TOKEN", RunSecrets.OTHER_TOKEN)
            .with("AWS_SECRET_ACCESS_KEY", RunSecrets.AWS_KEY)
            .with("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .with("AWS_REGION", "eu-central-1")
            .with("AWS_ENDPOINT_URL", "http://127.0.0.1:" + aws.port())
            .with("no_proxy", "127.0.0.1");
    for (Map.Entry<String, String> each : forge.environment().entrySet()) {
      made = made.with(each.getKey(), each.getValue());
    }
    for (Map.Entry<String, String> each : programs.environment().entrySet()) {
      made = made.with(each.getKey(), each.getValue());
    }
    return made;
  }

  private void start() {
    serve = program.serve(config, "--log", "json", "--retry-delay", "PT0.1S", "--workers", "1");
  }

  ServeProcess serve() {
    return serve;
  }

  Revision release(TestRepository source) {
    int number = source.log("main").size();
    return source.write("VERSION", number + "\n").commit("Release " + number);
  }

  /** Posts a delivery and waits for the end of its job. */
  JsonNode update(String route, Revision revision) throws IOException {
    dispatch(route, revision, RunSecrets.FIRST);
    return serve.outcome(revision.hex());
  }

  int dispatch(String route, Revision revision, String secret) throws IOException {
    String body =
        """
        {"action":"%s","repository":{"full_name":"acme/all"},\
        "client_payload":{"sha":"%s","version":"1.0"}}\
        """
            .formatted(route, revision);
    HttpResponse<String> answer = serve.post("repository_dispatch", body, new Secret(secret));
    traces.add(Traces.Place.HTTP_ANSWER, List.of(answer.headers().toString(), answer.body()));
    return answer.statusCode();
  }

  Execution run(String... arguments) {
    return run(program, arguments);
  }

  Execution run(RelayProgram changed, String... arguments) {
    Execution execution = changed.run(arguments);
    traces.add(execution);
    return execution;
  }

  /** {@code kill -9} while nix waits for a server, a look at what is left, and a new start. */
  void killWithinNix(Revision revision) throws IOException {
    forge.failNext(1, "codeload.github.com", new Fault.Silence());
    long before = archives();
    dispatch("app", revision, RunSecrets.SECOND);
    Await.until(SOON, () -> archives() > before);
    serve.killWithPrograms();
    traces.add(serve);
    traces.addFiles(program.folder());
    start();
  }

  private long archives() {
    return forge.requests().stream().filter(r -> r.host().equals("codeload.github.com")).count();
  }

  /** Ends it as a person would, and collects everything that is there. */
  void stop() throws IOException {
    serve.terminate();
    serve.exit();
    traces.add(serve);
    traces.addFiles(program.folder());
    traces.addObjects(target.directory());
    traces.addObjects(proposed.directory());
    traces.add(Traces.Place.ARGUMENTS, programs.arguments());
    forge
        .githubRest()
        .pullRequests()
        .forEach(pull -> traces.add(Traces.Place.PULL_REQUEST, List.of(pull.toString())));
  }

  @Override
  public void close() {
    serve.close();
    aws.close();
    forge.close();
  }
}
