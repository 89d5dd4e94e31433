package dev.flakerelay.cli;

import dev.flakerelay.secret.Secret;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Programs;
import dev.flakerelay.webhook.Signature;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running {@code relay serve}. */
public final class ServeProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String LISTENING = "listening on ";

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<Thread> collectors = new ArrayList<>();

  private ServeProcess(Process process) {
    this.process = process;
  }

  static ServeProcess start(RelayProgram program, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(program.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(program.environment());
    try {
      Files.createDirectories(program.temporary());
      ServeProcess serve = new ServeProcess(builder.start());
      serve.collect(serve.process.inputReader(), serve.out);
      serve.collect(serve.process.errorReader(), serve.errors);
      Await.until(PATIENCE, () -> !serve.out.isEmpty() || !serve.process.isAlive());
      if (serve.out.isEmpty()) {
        throw new AssertionError("serve did not start: " + serve.errors);
      }
      return serve;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void collect(BufferedReader from, List<String> lines) {
    collectors.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try (from) {
                    from.lines().forEach(lines::add);
                  } catch (IOException | UncheckedIOException e) {
                    // The process was killed in the middle of a line.
                  }
                }));
  }

  /** Where deliveries are posted to. */
  public URI webhook() {
    return URI.create(out.getFirst().substring(LISTENING.length()));
  }

  /** Where the status page is; the log must be JSON. */
  URI admin() {
    Await.until(PATIENCE, () -> !events("serving").isEmpty());
    return URI.create(events("serving").getFirst().path("admin").asString());
  }

  /** Asks for something on the admin address. */
  HttpResponse<String> ask(String path) throws IOException {
    return send(HttpRequest.newBuilder(admin().resolve(path)));
  }

  /** Sends a form to the admin address. */
  HttpResponse<String> submit(String path, String form, String... headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(admin().resolve(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** The value of a metric, by its name and labels as Prometheus writes them. */
  Optional<Double> metric(String name) {
    String metrics;
    try {
      metrics = ask("/metrics").body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Double.valueOf(line.substring(name.length() + 1)))
        .findFirst();
  }

  /** The sum of a metric's values, whatever its labels. */
  double metrics(String name) {
    try {
      return ask("/metrics")
          .body()
          .lines()
          .filter(line -> line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes on its stdin. */
  void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** The lines on stdout so far. */
  List<String> out() {
    return List.copyOf(out);
  }

  /** The lines on stderr so far. */
  public List<String> errors() {
    return List.copyOf(errors);
  }

  /** The log lines of one event so far, where they are JSON. */
  List<JsonNode> events(String event) {
    return errors.stream()
        .filter(line -> line.startsWith("{") && line.endsWith("}"))
        .map(JsonMapper.shared()::readTree)
        .filter(line -> line.path("event").asString().equals(event))
        .toList();
  }

  /** The outcomes so far of jobs for one revision. */
  List<JsonNode> outcomes(String revision) {
    return events("outcome").stream()
        .filter(line -> line.path("requested").asString().equals(revision))
        .toList();
  }

  /** Waits for the outcome of a job for a revision. */
  JsonNode outcome(String revision) {
    Await.until(PATIENCE, () -> !outcomes(revision).isEmpty());
    return outcomes(revision).getFirst();
  }

  /** Posts a signed delivery. */
  HttpResponse<String> post(String event, String body) throws IOException {
    return post(event, body, new Secret(RelayProgram.SECRET));
  }

  /** Posts a delivery, signed with some secret. */
  HttpResponse<String> post(String event, String body, Secret secret) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return send(
        HttpRequest.newBuilder(webhook())
            .header("Content-Type", "application/json")
            .header("X-GitHub-Event", event)
            .header("X-GitHub-Delivery", UUID.randomUUID().toString())
            .header("X-Hub-Signature-256", Signature.of(secret, bytes))
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes)));
  }

  /** Asks for a revision with a token. */
  HttpResponse<String> dispatch(String token, String body) throws IOException {
    return send(
        HttpRequest.newBuilder(webhook().resolve("/dispatch"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** The status of {@code GET /healthz}. */
  int health() throws IOException {
    return send(HttpRequest.newBuilder(webhook().resolve("/healthz"))).statusCode();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    // A connection of its own: one that was idle could be closed just now.
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The programs that it runs now. */
  List<ProcessHandle> programs() {
    return process.toHandle().descendants().toList();
  }

  /** {@code kill -9}. */
  void kill() {
    // Not by the process itself, which would close its output and lose what is still in it.
    process.toHandle().destroyForcibly();
    exit();
  }

  /** {@code kill -9}, for the programs that it runs as well: nothing that they left changes. */
  void killWithPrograms() {
    List<ProcessHandle> programs = programs();
    kill();
    Programs.kill(programs);
  }

  /** Sends a signal, as {@code kill} names it. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** {@code SIGTERM}. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Its exit code, once it has ended and all that it wrote is here. */
  int exit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("still running");
      }
      for (Thread collector : collectors) {
        if (!collector.join(PATIENCE)) {
          throw new AssertionError("what it wrote has no end");
        }
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
