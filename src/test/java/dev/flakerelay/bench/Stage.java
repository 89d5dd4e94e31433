package dev.flakerelay.bench;

import dev.flakerelay.Revision;
import dev.flakerelay.cli.RelayProgram;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * GitHub on this machine, over HTTPS, with a source {@code acme/app} and targets {@code acme/t0},
 * {@code acme/t1} … that lock it. Each target has a flake.nix of its own.
 */
final class Stage implements AutoCloseable {
  private static final String SOURCE = "acme/app";

  private final Path folder;
  private final TestForge forge = TestForge.start();
  private final BulkRepository source;
  private final String lock;
  private final List<TestRepository> targets = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().proxy(forge.proxySelector()).sslContext(forge.sslContext()).build();
  private int releases;

  /**
   * Makes it, without targets.
   *
   * @param size the source's
   */
  Stage(Path folder, Size size) {
    this.folder = folder;
    TestRepository tools = TestRepository.create(folder.resolve("tools"));
    tools.write("flake.nix", FlakeText.describedAs("tools").text()).commit("Begin");
    forge.github("acme/tools", tools);
    String flake = FlakeText.describedAs("app").input("tools", "github:acme/tools/main").text();
    String own = locked("source-lock", flake);
    this.source =
        BulkRepository.create(
            folder.resolve("source"),
            new Size(0, 0, 1),
            Map.of("flake.nix", flake, "flake.lock", own));
    forge.github(SOURCE, source.repository());
    this.lock = locked("target-lock", flakeOf("target"));
    source.fill(size);
  }

  private static String flakeOf(String name) {
    return FlakeText.describedAs(name)
        .input("app", "github:" + SOURCE + "/main")
        .input("tools", "github:acme/tools/main")
        .text();
  }

  /** What nix writes for a flake.nix. */
  private String locked(String name, String flake) {
    TestRepository work = TestRepository.create(folder.resolve(name));
    work.write("flake.nix", flake).git("add", "--all");
    nix().lock(work.directory()).succeeded();
    try {
      return Files.readString(work.directory().resolve("flake.lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The nix of the person whose script is measured: it keeps its cache from one run to the next.
   */
  TestNix nix() {
    return TestNix.in(folder.resolve("nix"), forge.environment());
  }

  /**
   * Adds targets.
   *
   * @return their numbers
   */
  List<Integer> targets(int count, Size size) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = targets.size();
      Map<String, String> files =
          Map.of("flake.nix", flakeOf("target " + number), "flake.lock", lock);
      TestRepository made =
          BulkRepository.create(folder.resolve("work/" + number), size, files)
              .repository()
              .bareClone(folder.resolve("targets/" + number + ".git"));
      forge.github("acme/t" + number, made);
      targets.add(made);
      numbers.add(number);
    }
    return numbers;
  }

  TestRepository target(int number) {
    return targets.get(number);
  }

  /** Where a target is. */
  static String url(int number) {
    return "https://github.com/acme/t" + number + ".git";
  }

  /** A new revision of the source, whose archive the forge has made already. */
  Revision release() {
    Revision made = source.commit("VERSION", "1." + releases++ + "\n");
    URI archive = URI.create("https://codeload.github.com/" + SOURCE + "/tar.gz/" + made);
    try {
      client.send(HttpRequest.newBuilder(archive).build(), HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return made;
  }

  /** The flake reference of a revision of the source. */
  static String reference(Revision revision) {
    return "github:" + SOURCE + "/" + revision;
  }

  /** The program, in this world. */
  RelayProgram program() {
    RelayProgram program = RelayProgram.in(folder.resolve("relay")).with("RELAY_GIT_TOKEN", "any");
    for (Map.Entry<String, String> each : forge.environment().entrySet()) {
      program = program.with(each.getKey(), each.getValue());
    }
    return program;
  }

  /** A relay.yaml with a route for each target so far, under its name. */
  Path config() {
    StringBuilder text =
        new StringBuilder(
            """
            secrets:
              webhook: [env:RELAY_WEBHOOK_SECRET]
              git: env:RELAY_GIT_TOKEN
            routes:
            """);
    for (int i = 0; i < targets.size(); i++) {
      text.append(
          """
            t%d:
              when: [{event: repository_dispatch, repository: acme/app, type: t%d}]
              targets: [{repository: "%s", branch: main, input: app}]
          """
              .formatted(i, i, url(i)));
    }
    try {
      return Files.writeString(folder.resolve("relay.yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path folder() {
    return folder;
  }

  TestForge forge() {
    return forge;
  }

  /** Whether a target's branch locks a revision. */
  boolean locks(int number, Revision revision) {
    TestRepository target = target(number);
    return target.show(target.head("main"), "flake.lock").contains(revision.hex());
  }

  @Override
  public void close() {
    client.close();
    forge.close();
  }
}
