package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.lock.EngineWithShortCut;
import dev.flakerelay.lock.archive.ArchiveEngine;
import dev.flakerelay.lock.archive.ArchiveLimits;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.nix.NixLimits;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Reasons;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sources, a target that locks them, a configuration that joins them, and real updates: everything
 * in one folder of this machine, with nix, Git and files as they are.
 */
public final class Scene {
  /** The delivery that jobs name where a test says nothing else. */
  public static final String DELIVERY = "delivery-1";

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>(System.getenv());
  private final List<String> routes = new ArrayList<>();
  private SecretValues token = SecretValues.fixed(List.of());
  private Path program = Path.of(TestNix.program());
  private String repository;
  private String settings = "";
  private String when = "event: repository_dispatch, repository: acme/target, type: app";

  private Scene(Path folder) {
    this.folder = folder;
    this.repository = "file://" + folder.resolve("server/target.git");
  }

  /** An empty scene. */
  public static Scene in(Path folder) {
    return new Scene(folder);
  }

  /** Lets nix and the updates see the world as another environment does. */
  Scene environment(Map<String, String> variables) {
    environment.putAll(variables);
    return this;
  }

  /** Gives the updates a token for Git. */
  Scene token(String value) {
    return token(SecretValues.fixed(List.of(new Secret(value))));
  }

  /** Gives the updates a token for Git that is read when it is needed. */
  Scene token(SecretValues value) {
    token = value;
    return this;
  }

  /**
   * Lets a shell script run each time before nix does: what happens in the world while an update is
   * on its way.
   */
  Scene meanwhile(String script) {
    program =
        TestNix.wrapper(
            folder.resolve("nix-wrapper"), "set -e\n[ \"$2\" != update ] || {\n" + script + "\n}");
    return this;
  }

  /** From now on the target is at another URL. */
  Scene targetAt(String url) {
    repository = url;
    return this;
  }

  /** A source with a flake and one commit. */
  public TestRepository source(String name) {
    TestRepository source = TestRepository.create(folder.resolve(name));
    source.write("flake.nix", FlakeText.describedAs(name).text()).commit("First");
    return source;
  }

  /** The flake reference of a source. */
  public String reference(String name) {
    return "git+file://" + folder.resolve(name) + "?ref=main";
  }

  /** One more commit of a source. */
  public static Revision release(TestRepository source, String version) {
    return source.write("VERSION", version + "\n").commit("Release " + version);
  }

  /** Makes the target: flake.nix and its lock file in one commit of a bare repository. */
  public TestRepository target(FlakeText flake) {
    return target(work().write("flake.nix", flake.text()), ".");
  }

  /** The work tree that the target is made from. */
  TestRepository work() {
    return TestRepository.create(folder.resolve("work"));
  }

  /** Locks the flake in a folder of the work tree, commits and puts the target on the server. */
  TestRepository target(TestRepository work, String directory) {
    lock(work, directory);
    work.commit("Lock");
    return serve(work);
  }

  /** Locks a flake as a person would. */
  void lock(TestRepository work, String directory, String... arguments) {
    work.git("add", "--all");
    TestNix.in(folder.resolve("nix"), Map.of())
        .lock(work.directory().resolve(directory), arguments)
        .succeeded();
  }

  /** Puts a copy of the work tree's repository on the server. */
  TestRepository serve(TestRepository work) {
    return work.bareClone(server().resolve("target.git"));
  }

  /** The folder that servers serve. */
  Path server() {
    try {
      return Files.createDirectories(folder.resolve("server"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A route {@code app} to inputs of the target's flake at its root. */
  Scene route(String... inputs) {
    return routeWith("app", ".", "", inputs);
  }

  /**
   * A route.
   *
   * @param more further lines of the route, each with its line's end
   */
  public Scene routeWith(String name, String directory, String more, String... inputs) {
    routes.add(
        """
          %s:
            when: [{%s}]
            targets:
              - repository: %s
                branch: main
                directory: %s
                inputs: [%s]
        """
                .formatted(name, when, repository, directory, String.join(", ", inputs))
            + more);
    return this;
  }

  /** What routes wait for from now on, as a person writes it in one line. */
  Scene when(String trigger) {
    when = trigger;
    return this;
  }

  /** Adds lines to the configuration, besides secrets and routes. */
  Scene settings(String lines) {
    settings = lines;
    return this;
  }

  /** The route's lines for a submodule of its target. */
  static String submodules(String... paths) {
    return "        submodules: [" + String.join(", ", paths) + "]\n";
  }

  /** Takes all routes away. */
  Scene noRoutes() {
    routes.clear();
    return this;
  }

  Config config() {
    try {
      Path file = folder.resolve("relay.yaml");
      String text =
          settings + "secrets:\n  webhook: [env:SECRET]\nroutes:\n" + String.join("", routes);
      return ConfigReader.read(Files.writeString(file, text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ConfigException e) {
      throw new IllegalStateException(e);
    }
  }

  Workshop workshop() {
    Nix nix =
        new Nix(
                program,
                tools().resolve("nix"),
                NixLimits.DEFAULT,
                environment,
                Workshop.rules(config().network()))
            .withFeatures(config().nixFeatures());
    ArchiveEngine archives =
        new ArchiveEngine(
            tools().resolve("nix"),
            ArchiveLimits.DEFAULT,
            environment,
            Workshop.rules(config().network()),
            nix);
    return new Workshop(
        new EngineWithShortCut(archives, nix),
        nix,
        new Repositories(tools().resolve("git"), token));
  }

  /** The folder in which the updates work; its name is one that a person may choose. */
  Path tools() {
    return folder.resolve("relay's #1 work at 100%");
  }

  TargetUpdate update() {
    return new TargetUpdate(config(), workshop());
  }

  Job job(Revision revision) {
    return job("app", revision);
  }

  Job job(String input, Revision revision) {
    return job("app", ".", input, revision, DELIVERY);
  }

  Job job(String route, String directory, String input, Revision revision, String delivery) {
    return new Job(
        route,
        new TargetRef(repository, "main", directory),
        input,
        new Job.Wanted(revision, Optional.empty(), Optional.of(new Version("1.2.3"))),
        Job.Request.delivery(delivery, Instant.EPOCH),
        1);
  }

  /** Runs jobs of one target, and looks that nothing is left behind. */
  List<Result> run(Job... jobs) {
    List<Result> results = update().run(List.of(jobs));
    assertThat(results).extracting(Result::job).containsExactly(jobs);
    assertNothingLeft();
    return results;
  }

  /** Asks for one revision of {@code app}, and expects an end. */
  public Outcome update(Revision revision) {
    return ended(run(job(revision)).getFirst());
  }

  /** Asks for one revision of {@code app}, expects a refusal and gives its reason. */
  String rejected(Revision revision) {
    Outcome outcome = update(revision);
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REJECTED);
    return Reasons.plain(outcome.reason().orElseThrow());
  }

  /** Asks for one revision of {@code app}, expects to be told to come again, and why. */
  String retryable(Revision revision) {
    Result result = run(job(revision)).getFirst();
    assertThat(result).isInstanceOf(Result.Again.class);
    return Reasons.plain(((Result.Again) result).why().getMessage());
  }

  /** How a job ended. */
  static Outcome ended(Result result) {
    assertThat(result).as(() -> "" + result).isInstanceOf(Result.Ended.class);
    return ((Result.Ended) result).outcome();
  }

  /** How jobs ended. */
  static List<Outcome.Kind> kinds(List<Result> results) {
    return results.stream().map(result -> ended(result).kind()).toList();
  }

  /** The revision that a flake's own input is locked to. */
  static String locked(TestRepository target, String directory, String input) {
    String path = directory.equals(".") ? "flake.lock" : directory + "/flake.lock";
    JsonNode nodes = JsonMapper.shared().readTree(target.show(target.head("main"), path));
    nodes = nodes.path("nodes");
    String node = nodes.path("root").path("inputs").path(input).asString();
    return nodes.path(node).path("locked").path("rev").asString();
  }

  /** A job may leave Git caches behind and nothing else. */
  void assertNothingLeft() {
    assertThat(list(tools().resolve("nix"))).isEmpty();
    assertThat(list(tools().resolve("git")))
        .allSatisfy(
            name ->
                assertThat(name).matches("(target|source)-[0-9a-f-]+(\\.lock)?|busy|heads\\.json"));
    assertThat(list(tools().resolve("git/busy"))).isEmpty();
    assertThat(list(tools())).isSubsetOf("nix", "git");
  }

  static List<String> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
