package dev.flakerelay.update.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.forge.Credentials;
import dev.flakerelay.forge.FixedToken;
import dev.flakerelay.lock.EngineWithShortCut;
import dev.flakerelay.lock.archive.ArchiveEngine;
import dev.flakerelay.lock.archive.ArchiveLimits;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.nix.NixLimits;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitHubRest;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.update.Result;
import dev.flakerelay.update.Signing;
import dev.flakerelay.update.TargetUpdate;
import dev.flakerelay.update.Told;
import dev.flakerelay.update.Workshop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * A private source and a private target on github.com, behind a forward proxy and over TLS, and the
 * core that updates one from the other.
 */
public final class PullRequestFlow implements AutoCloseable {
  public static final String TOKEN = "ghp_TopSecret0123456789";
  static final String TARGET = "https://github.com/acme/target.git";
  static final String PULLS = "api.github.com/repos/acme/target/pulls";

  /** Sources are the same in every test, and so are their first locks. */
  private static final Map<String, String> LOCKS = new ConcurrentHashMap<>();

  public final TestForge forge = TestForge.start();
  public final TestRepository source;
  public final TestRepository target;
  public final Revision first;
  private final OutboundDefaults network = OutboundDefaults.keep();
  private final Path folder;
  private final TestRepository checkout;
  private final Told told = new Told();
  private String style = "";

  /**
   * Hosts both on github.com, the target locked at the source's first commit.
   *
   * @param inputs the names of the target's inputs, all of which are the source
   */
  public PullRequestFlow(Path folder, String... inputs) {
    this(folder, "github.com", "github:acme/source", inputs);
    forge.hidden("github.com", "acme/source", source, TOKEN);
  }

  /** Hosts the source elsewhere, and for everybody. */
  public static PullRequestFlow from(Path folder, String host, String reference) {
    return new PullRequestFlow(folder, host, reference, new String[] {"source"});
  }

  private PullRequestFlow(Path folder, String host, String reference, String[] inputs) {
    this.folder = folder;
    try {
      network.lead(forge.environment());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    source = TestRepository.create(folder.resolve("source"));
    first = source.write("flake.nix", FlakeText.describedAs("source").text()).commit("First");
    switch (host) {
      case "github.com" -> forge.github("acme/source", source);
      case "gitlab.com" -> forge.gitlab("acme/source", source);
      default -> forge.plain("acme/source", source);
    }
    checkout = TestRepository.create(folder.resolve("checkout"));
    FlakeText flake = FlakeText.describedAs("target");
    for (String input : inputs) {
      flake.input(input, reference);
    }
    checkout.write("flake.nix", flake.text()).write("README.md", "target\n");
    checkout.write("flake.lock", LOCKS.computeIfAbsent(flake.text(), text -> lock()));
    checkout.commit("Lock");
    target = checkout.bareClone(folder.resolve("target.git"));
    forge.hidden("github.com", "acme/target", target, TOKEN);
  }

  private String lock() {
    try {
      checkout.git("add", "--all"); // nix sees nothing else
      TestNix.in(folder.resolve("nix"), forge.environment()).lock(checkout.directory()).succeeded();
      return Files.readString(checkout.directory().resolve("flake.lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new commit of the source. */
  public Revision release(String what) {
    return source.write("news.txt", what + "\n").commit(what);
  }

  public Job job(String input, Revision revision, String delivery) {
    return new Job(
        "tools",
        new TargetRef(TARGET, "main", "."),
        input,
        new Job.Wanted(revision, Optional.empty(), Optional.of(new Version("1.2.3"))),
        Job.Request.delivery(delivery, Instant.now()),
        1);
  }

  /** Does jobs as one batch, with what was fetched by earlier ones still there. */
  public List<Result> run(String inputs, Job... jobs) throws Exception {
    return run(config("pull-request", inputs), jobs);
  }

  public List<Result> run(Config config, Job... jobs) {
    return run(config, SecretValues.fixed(List.of(new Secret(TOKEN))), jobs);
  }

  /** The same with another token, or one that may change. */
  public List<Result> run(Config config, SecretValues token, Job... jobs) {
    return run(config, new FixedToken(token), jobs);
  }

  /** The same with what opens repositories otherwise. */
  public List<Result> run(Config config, Credentials credentials, Job... jobs) {
    return run(config, credentials, Signing.NONE, jobs);
  }

  /** The same with what signs commits. */
  public List<Result> run(Config config, Credentials credentials, Signing signing, Job... jobs) {
    Nix nix =
        new Nix(
            Path.of(TestNix.program()),
            folder.resolve("work/nix"),
            NixLimits.DEFAULT,
            environment(),
            Workshop.rules(config.network()));
    Workshop workshop =
        new Workshop(
                nix,
                nix,
                new Repositories(folder.resolve("work/git"), credentials).knowing(config.forges()))
            .withSigning(signing)
            .after(told);
    return new TargetUpdate(config, workshop).run(Arrays.asList(jobs));
  }

  /** The core with the engine that reads archives; it remembers from one run to the next. */
  public TargetUpdate archiving(Config config) {
    Path work = folder.resolve("work/nix");
    Nix nix =
        new Nix(
            Path.of(TestNix.program()),
            work,
            NixLimits.DEFAULT,
            environment(),
            Workshop.rules(config.network()));
    ArchiveEngine archives =
        new ArchiveEngine(
            work, ArchiveLimits.DEFAULT, environment(), Workshop.rules(config.network()), nix);
    return new TargetUpdate(
        config, new Workshop(new EngineWithShortCut(archives, nix), nix, repositories()));
  }

  /** The repositories, as the token opens them. */
  public Repositories repositories() {
    return repositories(SecretValues.fixed(List.of(new Secret(TOKEN))));
  }

  private Repositories repositories(SecretValues token) {
    return new Repositories(folder.resolve("work/git"), token);
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(forge.environment());
    environment.put("PATH", System.getenv("PATH"));
    return environment;
  }

  /** The route's {@code pull-request}, as a person writes it. */
  void style(String written) {
    style = written;
  }

  public Config config(String publish, String inputs) throws Exception {
    return config(publish, inputs, "none");
  }

  /**
   * The same with signed commits.
   *
   * @param sign {@code none}, {@code ssh} or {@code github}
   */
  public Config config(String publish, String inputs, String sign) throws Exception {
    return ConfigReader.read(
        Files.writeString(
            folder.resolve("relay.yaml"),
            """
            secrets:
              webhook: [env:A]
              git: env:B
              signing: env:C
              github-app: { id: 1234, key: env:D }
            routes:
              tools:
                when: [{ event: release, repository: acme/source }]
                targets:
                  - { repository: "%s", branch: main, inputs: [%s] }
                publish: %s
                commit: { sign: %s }
            %s
            """
                .formatted(TARGET, inputs, publish, sign, style)));
  }

  /** The one result's outcome. */
  public static Outcome outcome(List<Result> results) {
    assertThat(results).hasSize(1);
    assertThat(results.getFirst()).isInstanceOf(Result.Ended.class);
    return ((Result.Ended) results.getFirst()).outcome();
  }

  /** What an input is locked to on one of the target's branches. */
  public String locked(String branch, String input) {
    String lock = target.show(target.head(branch), "flake.lock");
    return JsonMapper.shared()
        .readTree(lock)
        .path("nodes")
        .path(input)
        .path("locked")
        .path("rev")
        .asString("");
  }

  List<GitHubRest.PullRequest> pullRequests() {
    return forge.githubRest().pullRequests();
  }

  /** What a person does on the pull request's page. */
  void merge(int number) throws IOException, InterruptedException {
    target.git(
        "update-ref", "refs/heads/main", "refs/heads/" + pullRequests().get(number - 1).head());
    HttpRequest close =
        HttpRequest.newBuilder(URI.create("https://" + PULLS + "/" + number))
            .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"state\":\"closed\"}"))
            .header("Authorization", "Bearer " + TOKEN)
            .build();
    try (HttpClient person =
        HttpClient.newBuilder()
            .proxy(ProxySelector.getDefault())
            .sslContext(forge.sslContext())
            .build()) {
      assertThat(person.send(close, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  /** A person's commit on the target's branch. */
  Revision personPushes() {
    Revision commit = checkout.write("README.md", "changed\n").commit("By a person");
    checkout.git("push", "--quiet", target.directory().toString(), "HEAD:main");
    return commit;
  }

  /** A person's commit on top of whatever the target's branch has now. */
  public Revision personPushes(String what) {
    return personPushes("README.md", what + "\n");
  }

  /** The same, of some file. */
  public Revision personPushes(String path, String text) {
    checkout.git("fetch", "--quiet", target.directory().toString(), "main");
    checkout.git("reset", "--quiet", "--hard", "FETCH_HEAD");
    Revision commit = checkout.write(path, text).commit("By a person");
    checkout.git("push", "--quiet", target.directory().toString(), "HEAD:main");
    return commit;
  }

  /** Waits until something was asked for. */
  public void awaitRequest(String path) {
    Await.until(
        Duration.ofMinutes(1),
        () -> forge.requests().stream().anyMatch(each -> each.path().contains(path)));
  }

  @Override
  public void close() {
    network.close();
    forge.close();
  }
}
