package dev.flakerelay.cli.demo;

import dev.flakerelay.Revision;
import dev.flakerelay.app.Relay;
import dev.flakerelay.cli.FirstOutcome;
import dev.flakerelay.cli.Main;
import dev.flakerelay.cli.Setup;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.view.CommitView;
import dev.flakerelay.cli.view.OutcomeText;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.local.RelayService;
import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.log.LibraryLog;
import dev.flakerelay.log.Waiting;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.update.Backoff;
import dev.flakerelay.webhook.DeliveryHeaders;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.eclipse.jgit.revwalk.RevCommit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code relay demo}. */
@Command(
    name = "demo",
    description = {
      "Shows the whole way on this machine, with nothing set up.",
      "Needs no network: a source releases, a signed dispatch comes in, the target's",
      "lock follows. All of it is in a temporary folder, and deleted at the end."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  private final DemoText text = new DemoText(System.out);

  /** Shown only if the demo fails: the steps tell the rest. */
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  @Override
  public Integer call() throws Exception {
    EventLog log =
        new EventLog(
            new PrintStream(logged, true, StandardCharsets.UTF_8),
            EventLog.Format.TEXT,
            InstantSource.system());
    LibraryLog.into(log);
    Waiting.tellNobody(); // the steps tell what goes on
    boolean done = false;
    try (DemoFolder folder = DemoFolder.create(Path.of(System.getProperty("java.io.tmpdir")))) {
      Secret secret = new Secret(UUID.randomUUID().toString());
      Relay relay = relay(folder.path(), secret, log);
      try (DemoRepositories repositories = DemoRepositories.create(folder.path(), relay.nix())) {
        done = show(repositories, relay, secret);
      }
    } finally {
      if (!done) {
        System.err.print(logged.toString(StandardCharsets.UTF_8));
      }
    }
    return done ? Main.DONE : Main.FAILED;
  }

  private static Relay relay(Path folder, Secret secret, EventLog log) throws Exception {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("RELAY_WEBHOOK_SECRET", secret.value());
    Path config = folder.resolve("relay.yaml");
    Files.writeString(config, DemoRepositories.config(folder));
    return Setup.ready(
        new Relay(environment, ConfigReader.read(config), folder, log, InstantSource.system()));
  }

  private boolean show(DemoRepositories repositories, Relay relay, Secret secret) throws Exception {
    Path folder = relay.work();
    text.line("flake-relay keeps a Nix flake input locked to what its source just released.");
    text.line("This demo needs no network. All is in " + folder + ", and deleted at the end.");
    text.step("A source, the flake `hello`, is at version 1.0.0. A target, the flake `machines`,");
    text.more(
        "uses it, and its flake.lock pins commit " + repositories.locked() + ". Its flake.nix:");
    text.block(repositories.flake());
    text.step("The configuration, relay.yaml, says which delivery may update what:");
    text.block(DemoRepositories.config(folder));

    Revision released = repositories.release("1.1.0");
    text.step("The source releases version 1.1.0, commit " + released + ".");

    FirstOutcome first = new FirstOutcome();
    RelayService.Parts parts =
        new RelayService.Parts(
            relay,
            SqliteJobQueue.open(folder.resolve("queue")),
            new Endpoint("127.0.0.1", 0),
            1,
            Backoff.DEFAULT,
            Duration.ZERO,
            first,
            Optional.empty());
    try (RelayService service = RelayService.start(parts)) {
      long begin = System.nanoTime();
      post(service.webhook(), released, secret);
      Outcome outcome = first.get(PATIENCE);
      Duration all = Duration.ofNanos(System.nanoTime() - begin);
      return tell(repositories, released, outcome, all);
    }
  }

  private void post(URI webhook, Revision released, Secret secret) throws Exception {
    String body =
        """
        {"action": "hello-released",
         "repository": {"full_name": "you/machines"},
         "client_payload": {"sha": "%s", "version": "1.1.0"}}
        """
            .formatted(released);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers =
        DeliveryHeaders.of(
            "repository_dispatch", UUID.randomUUID().toString(), bytes, Optional.of(secret));
    text.step("Its release workflow sends a signed dispatch:");
    text.block("POST " + webhook);
    headers.forEach((name, value) -> text.block(name + ": " + value));
    text.block(body);
    HttpRequest.Builder request = HttpRequest.newBuilder(webhook).timeout(PATIENCE);
    headers.forEach(request::header);
    request.POST(HttpRequest.BodyPublishers.ofByteArray(bytes));
    // A proxy of the environment leads elsewhere than to this machine.
    try (HttpClient client = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build()) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      text.step(
          "The answer: the signature is right, and one job is queued where no crash loses it.");
      text.block(answer.statusCode() + " " + answer.body());
    }
  }

  private boolean tell(
      DemoRepositories repositories, Revision released, Outcome outcome, Duration all)
      throws Exception {
    RevCommit head = repositories.head();
    Optional<Revision> locked =
        FlakeLock.parse(repositories.read(head, "flake.lock")).input("hello").revision();
    text.step("The job is worked on, and ends: " + outcome.kind().key());
    outcome.reason().ifPresent(text::block);
    text.times(outcome.steps());
    text.step("The target's newest commit, as `git log --patch` shows it:");
    text.block(CommitView.of(head));
    text.block(repositories.diff(head));
    boolean done = outcome.kind() == Outcome.Kind.UPDATED && locked.equals(Optional.of(released));
    text.line("");
    text.line(
        done
            ? "Done: "
                + OutcomeText.seconds(all)
                + " after the dispatch, the target locks exactly what was released."
            : "The demo failed: the target locks " + locked + ", not " + released + ".");
    return done;
  }
}
