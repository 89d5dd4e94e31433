package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sources, targets and a running program, and everything that can happen to them. */
final class ChaosWorld implements AutoCloseable {
  static final int SOURCES = 3;
  static final int TARGETS = 2;

  /** More at a time, and all that is tested is how long a queue gets. */
  private static final int MOST_FAULTS = 3;

  /** Two targets side by side, and of each as many as a batch has. */
  static final int JOBS_IN_HAND = TARGETS * 10;

  private static final Duration PATIENCE = Duration.ofMinutes(3 + ChaosTest.MINUTES);
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  /** So long a queue knows what it had; after that the same may be queued again. */
  private static final Duration REMEMBERED = Duration.ofMinutes(4);

  private final Instant start = Instant.now();

  private final GitHttpServer git;
  private final RelayProgram program;
  private final Path config;
  private final List<TestRepository> sources;
  private final List<TestRepository> targets;
  private final List<TestRepository> people;
  private final List<List<Revision>> released = new ArrayList<>();
  private final Map<Integer, List<String>> personal = new TreeMap<>();
  private final Set<String> accepted = new LinkedHashSet<>();
  private final List<ServeProcess> processes = new ArrayList<>();
  private int kills;

  private ChaosWorld(
      GitHttpServer git,
      RelayProgram program,
      Path config,
      List<TestRepository> sources,
      List<TestRepository> targets,
      List<TestRepository> people) {
    this.git = git;
    this.program = program;
    this.config = config;
    this.sources = sources;
    this.targets = targets;
    this.people = people;
    for (TestRepository source : sources) {
      released.add(new ArrayList<>(List.of(source.head("main"))));
    }
    start();
  }

  static ChaosWorld create(Path folder) throws IOException {
    GitHttpServer git = GitHttpServer.serving(folder);
    List<TestRepository> sources = new ArrayList<>();
    FlakeText flake = FlakeText.describedAs("target");
    for (int i = 0; i < SOURCES; i++) {
      TestRepository source = TestRepository.create(folder.resolve("app" + i));
      source.write("flake.nix", FlakeText.describedAs("app" + i).text()).commit("Release 0");
      sources.add(source);
      flake = flake.input("app" + i, "git+" + git.url("app" + i + "/.git") + "?ref=main");
    }
    List<TestRepository> targets = new ArrayList<>();
    List<TestRepository> people = new ArrayList<>();
    for (int i = 0; i < TARGETS; i++) {
      TestRepository person = TestRepository.create(folder.resolve("person" + i));
      person.write("flake.nix", flake.text()).commit("Add the flake");
      TestNix.in(folder.resolve("nix"), Map.of()).lock(person.directory()).succeeded();
      person.commit("Lock");
      TestRepository target = person.bareClone(folder.resolve("target" + i + ".git"));
      person.git("remote", "add", "origin", target.url());
      people.add(person);
      targets.add(target);
    }
    Path config = Files.writeString(folder.resolve("relay.yaml"), config(git));
    RelayProgram program = RelayProgram.in(folder.resolve("relay"));
    return new ChaosWorld(git, program, config, sources, targets, people);
  }

  private static String config(GitHttpServer git) {
    StringBuilder yaml =
        new StringBuilder("secrets:\n  webhook: [env:RELAY_WEBHOOK_SECRET]\nroutes:\n");
    for (int source = 0; source < SOURCES; source++) {
      yaml.append(
          """
            app%1$d:
              when:
                - event: repository_dispatch
                  repository: acme/machines
                  type: app%1$d-released
              targets:
          """
              .formatted(source));
      for (int target = 0; target < TARGETS; target++) {
        yaml.append("      - repository: ").append(git.url("target" + target + ".git"));
        yaml.append("\n        branch: main\n        input: app").append(source).append('\n');
      }
    }
    return yaml.toString();
  }

  private void start() {
    processes.add(
        program.serve(
            config,
            "--log",
            "json",
            "--retry-delay",
            "PT0.3S",
            "--admin",
            "127.0.0.1:0",
            "--reconcile-every",
            "PT0S"));
  }

  void release(int source) {
    int number = released.get(source).size();
    TestRepository repository = sources.get(source);
    repository.write("VERSION", number + "\n");
    released.get(source).add(repository.commit("Release " + number));
  }

  void dispatchNewest(int source, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      dispatch(source, released.get(source).getLast());
    }
  }

  void dispatchAnOldOne(int source, Random random) throws IOException {
    List<Revision> all = released.get(source);
    boolean remembered = Instant.now().isBefore(start.plus(REMEMBERED));
    dispatch(source, remembered ? all.get(random.nextInt(all.size())) : all.getLast());
  }

  private void dispatch(int source, Revision revision) throws IOException {
    String body =
        """
        {"action":"app%d-released","repository":{"full_name":"acme/machines"},
         "client_payload":{"sha":"%s","version":"%d"}}
        """
            .formatted(source, revision, released.get(source).indexOf(revision));
    HttpResponse<String> answer = processes.getLast().post("repository_dispatch", body);
    assertThat(answer.statusCode()).isEqualTo(202);
    for (JsonNode entry : JsonMapper.shared().readTree(answer.body()).path("accepted")) {
      accepted.add(entry.path("job").asString());
    }
  }

  void personPushes(int target) {
    TestRepository person = people.get(target);
    String message = "By hand " + personal.computeIfAbsent(target, t -> new ArrayList<>()).size();
    do {
      person.git("fetch", "--quiet", "origin", "main");
      person.git("reset", "--quiet", "--hard", "FETCH_HEAD");
      person.write("notes", message + "\n").commit(message);
    } while (person.attempt("push", "--quiet", "origin", "HEAD:main").exit() != 0);
    personal.getOrDefault(target, new ArrayList<>()).add(message);
  }

  /** Lets a server fail now and then, unless enough of that is ahead. */
  void failSomewhere(Random random) {
    if (git.faultsLeft() >= MOST_FAULTS) {
      return;
    }
    boolean source = random.nextBoolean();
    String path = source ? "/app" + random.nextInt(SOURCES) : "/target" + random.nextInt(TARGETS);
    git.failNext(1 + random.nextInt(2), path, fault(random, source));
  }

  private static Fault fault(Random random, boolean source) {
    return switch (random.nextInt(9)) {
      case 0 -> new Fault.Late(Duration.ofMillis(random.nextInt(1500)));
      case 1 -> Fault.status(500);
      case 2 -> Fault.status(503);
      // Of a source nix may hear it, and then it is a minute.
      case 3 -> source ? Fault.status(504) : Fault.tooManyRequests(Duration.ofSeconds(1));
      case 4 -> new Fault.CutOff();
      case 5 -> new Fault.Slow(Duration.ofMillis(random.nextInt(3000)));
      case 6 -> new Fault.Status(200, Map.of("Content-Type", "text/html"), "<h1>Sign in</h1>");
      case 7 -> new Fault.Status(200, Map.of(), "");
      default -> Fault.status(502);
    };
  }

  /** A server that accepts and never answers; the short run has no time to wait for the end. */
  void fallSilent(boolean forGood) {
    git.failNext(1, "/app0", forGood ? new Fault.Silence() : new Fault.Late(A_WHILE));
  }

  /** {@code kill -9}, and a new start. */
  void kill() {
    kills++;
    processes.getLast().kill();
    start();
  }

  /**
   * The storm is over: waits until every accepted job has ended; what failed for good is put back
   * by hand, as a person would.
   */
  void settle() {
    git.noMoreFaults();
    try {
      Await.until(PATIENCE, () -> ended().containsAll(accepted));
    } catch (AssertionError e) {
      Set<String> lost = new LinkedHashSet<>(accepted);
      lost.removeAll(ended());
      String log = String.join("\n", processes.getLast().errors());
      throw new AssertionError("without an outcome: " + lost + "\n" + log, e);
    }
    List<String> rejected =
        outcomes().stream()
            .filter(line -> line.path("outcome").asString().equals("rejected"))
            .map(line -> line.path("reason").asString())
            .toList();
    assertThat(rejected).as("nothing that happened here lasts").isEmpty();
    Await.until(
        PATIENCE,
        () -> {
          if (isUpToDate()) {
            return true;
          }
          program.run("retry", "--data", program.data().toString(), "--all");
          return isUpToDate();
        });
  }

  private boolean isUpToDate() {
    for (int target = 0; target < TARGETS; target++) {
      if (!locked(target).equals(newest())) {
        return false;
      }
    }
    return true;
  }

  private Set<String> ended() {
    Set<String> jobs = new LinkedHashSet<>();
    outcomes().forEach(line -> jobs.add(line.path("job").asString()));
    return jobs;
  }

  Set<String> accepted() {
    return accepted;
  }

  int kills() {
    return kills;
  }

  List<JsonNode> outcomes() {
    return outcomesByProcess().stream().flatMap(List::stream).toList();
  }

  List<List<JsonNode>> outcomesByProcess() {
    return processes.stream().map(process -> process.events("outcome")).toList();
  }

  /** The program that runs now. */
  ServeProcess serve() {
    return processes.getLast();
  }

  /** What each input should be locked at: the newest release, each of which was dispatched. */
  List<String> newest() {
    return released.stream().map(all -> all.getLast().hex()).toList();
  }

  List<String> locked(int target) {
    TestRepository repository = targets.get(target);
    JsonNode lock =
        JsonMapper.shared().readTree(repository.show(repository.head("main"), "flake.lock"));
    List<String> locked = new ArrayList<>();
    for (int source = 0; source < SOURCES; source++) {
      locked.add(lock.at("/nodes/app" + source + "/locked/rev").asString());
    }
    return locked;
  }

  List<String> messages(int target) {
    return targets.get(target).log("main").stream().map(each -> each.message().strip()).toList();
  }

  List<String> messagesOfPeople(int target) {
    return personal.getOrDefault(target, List.of());
  }

  String verify(int target) {
    return program.run("verify", targets.get(target).directory().toString()).succeeded().text();
  }

  boolean fsck(int target) {
    return targets.get(target).attempt("fsck", "--strict").exit() == 0;
  }

  @Override
  public void close() {
    processes.forEach(ServeProcess::close);
    git.close();
  }
}
