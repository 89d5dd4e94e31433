package dev.flakerelay.cli;

import dev.flakerelay.EventLog;
import dev.flakerelay.Revision;
import dev.flakerelay.ScratchFolder;
import dev.flakerelay.config.ConfigReader;
import dev.flakerelay.config.Network;
import dev.flakerelay.config.Secret;
import dev.flakerelay.local.RelayService;
import dev.flakerelay.local.SqliteJobQueue;
import dev.flakerelay.nix.FlakeLock;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import dev.flakerelay.update.Outcome;
import dev.flakerelay.update.UpdateBatch;
import dev.flakerelay.update.Workshop;
import dev.flakerelay.webhook.Signature;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.revwalk.RevCommit;
import picocli.CommandLine.Command;

/** {@code relay demo}. */
@Command(
    name = "demo",
    description = {
      "Shows the whole way on this machine, with nothing set up and no network:",
      "a source releases, a signed dispatch comes in, the target's lock follows."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws Exception {
    try (ScratchFolder scratch =
        ScratchFolder.create(Path.of(System.getProperty("java.io.tmpdir"), "flake-relay-demo"))) {
      Nix nix = Setup.nix(System.getenv(), scratch.path(), Network.DEFAULT);
      try (DemoRepositories repositories = DemoRepositories.create(scratch.path(), nix)) {
        return show(repositories, nix, scratch.path());
      }
    }
  }

  private int show(DemoRepositories repositories, Nix nix, Path folder) throws Exception {
    Path config = folder.resolve("relay.yaml");
    Files.writeString(config, repositories.config());
    title("1  A source `hello`, and a target `machines` whose flake.lock pins it. relay.yaml:");
    indented(repositories.config());

    Revision released = repositories.release("1.1.0");
    title("2  The source releases 1.1.0, commit " + released + ".");

    Secret secret = new Secret(UUID.randomUUID().toString());
    Waiting waiting = new Waiting();
    RelayService.Parts parts =
        new RelayService.Parts(
            ConfigReader.read(config),
            List.of(secret),
            SqliteJobQueue.open(folder.resolve("queue")),
            new Workshop(nix, folder.resolve("git"), Optional.empty(), Workshop.DEFAULT_RACES),
            "127.0.0.1",
            0,
            1,
            waiting,
            new EventLog(System.err, EventLog.Format.TEXT, InstantSource.system()));
    LibraryLog.into(parts.log());
    try (RelayService service = RelayService.start(parts)) {
      long begin = System.nanoTime();
      post(service.webhook(), released, secret);
      Outcome outcome = waiting.outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
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
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("X-GitHub-Event", "repository_dispatch");
    headers.put("X-GitHub-Delivery", UUID.randomUUID().toString());
    headers.put("X-Hub-Signature-256", Signature.of(secret, bytes));
    title("3  It sends a signed dispatch: POST " + webhook);
    headers.forEach((name, value) -> indented(name + ": " + value));
    indented(body);
    HttpRequest.Builder request = HttpRequest.newBuilder(webhook).timeout(PATIENCE);
    headers.forEach(request::header);
    request.POST(HttpRequest.BodyPublishers.ofByteArray(bytes));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      title(
          "4  The answer: "
              + answer.statusCode()
              + ". The signature was right, and one job is queued:");
      indented(answer.body());
    }
  }

  private int tell(DemoRepositories repositories, Revision released, Outcome outcome, Duration all)
      throws Exception {
    RevCommit head = repositories.head();
    Optional<Revision> locked =
        FlakeLock.parse(repositories.read(head, "flake.lock")).input("hello").revision();
    boolean done = outcome.kind() == Outcome.Kind.UPDATED && locked.equals(Optional.of(released));
    title("5  The job ended: " + OutcomeText.of(outcome));
    title("6  The target's newest commit:");
    indented(CommitView.of(head));
    indented(repositories.diff(head));
    title("7  Time from the dispatch to the pushed commit: " + OutcomeText.seconds(all));
    outcome.steps().forEach((step, time) -> indented(step + "  " + OutcomeText.seconds(time)));
    out.println();
    out.println(
        done
            ? "The target's branch locks exactly the revision that was dispatched."
            : "The demo failed: the target's branch locks " + locked + ", not " + released + ".");
    return done ? Main.DONE : Main.FAILED;
  }

  private void title(String text) {
    out.println();
    out.println(text);
  }

  private void indented(String text) {
    text.strip().lines().forEach(line -> out.println("     " + line));
  }

  /** Waits for the one job's end. */
  private static final class Waiting implements UpdateBatch.Listener {
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    @Override
    public void ended(Outcome ended) {
      outcome.complete(ended);
    }

    @Override
    public void willRetry(Job job, BatchHandler.Retry retry, String reason) {
      outcome.completeExceptionally(new IllegalStateException(reason));
    }

    @Override
    public void malformed(Message message, MalformedJobException why) {
      outcome.completeExceptionally(why);
    }
  }
}
