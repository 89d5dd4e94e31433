package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.SshGitServer;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jgit.util.FS;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which flake.nix may name a source, beyond those of the golden cases. */
@OneAtATime
@Tag("slow")
@ResourceLock("the user's home folder") // JGit has one for the whole JVM
class InputTypesTest {
  private final Path folder;
  private final Scene scene;
  private final TestRepository app;

  InputTypesTest(@TempDir Path folder) {
    this.folder = folder;
    scene = Scene.in(folder);
    app = scene.source("app");
  }

  /** Locks a target with the real nix, updates it and gives its new lock file. */
  private String lockThenUpdate(
      String reference,
      Map<String, String> environment,
      Function<TestRepository, Revision> release) {
    Revision first = app.head("main");
    TestRepository work = scene.work();
    work.write("flake.nix", FlakeText.describedAs("target").input("app", reference).text());
    work.git("add", "--all");
    TestNix.in(folder.resolve("nix"), environment).lock(work.directory()).succeeded();
    work.commit("Lock");
    TestRepository target = scene.serve(work);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(first.hex());
    return update(target, environment, release.apply(target));
  }

  private String update(TestRepository target, Map<String, String> environment, Revision next) {
    Outcome outcome = scene.environment(environment).route("app").update(next);

    assertThat(outcome.kind()).as(() -> "" + outcome).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(next.hex());
    return target.show(target.head("main"), "flake.lock");
  }

  private Revision release() {
    return Scene.release(app, "1");
  }

  @Test
  void aProjectInAGitLabSubgroup() throws Exception {
    try (TestForge forge = TestForge.start();
        OutboundDefaults network = OutboundDefaults.keep()) {
      forge.gitlab("group/sub/app", app);
      network.lead(forge.environment());

      String lock =
          lockThenUpdate("gitlab:group%252Fsub/app", forge.environment(), target -> release());

      assertThat(lock).contains("\"owner\": \"group%2Fsub\"");
    }
  }

  @Test
  void aForgeWhoseHostIsNamed() throws Exception {
    try (TestForge forge = TestForge.start();
        OutboundDefaults network = OutboundDefaults.keep()) {
      forge.gitlab("group/app", app);
      network.lead(forge.environment());

      String lock =
          lockThenUpdate(
              "gitlab:group/app/main?host=gitlab.com", forge.environment(), target -> release());

      assertThat(lock).contains("\"host\": \"gitlab.com\"");
    }
  }

  @Test
  void aPrivateSourceAndTargetThatOneTokenOpens() throws Exception {
    assertThat(lockThenUpdatePrivately("github:acme/app")).contains("\"type\": \"github\"");
  }

  /** Git showed the token for {@code app} and not for {@code app.git}. */
  @Test
  void aPrivateGitRepositoryWhoseUrlEndsInDotGit() throws Exception {
    String url = "https://github.com/acme/app.git";

    assertThat(lockThenUpdatePrivately("git+" + url + "?ref=main")).contains(url);
  }

  private String lockThenUpdatePrivately(String reference) throws Exception {
    try (TestForge forge = TestForge.start();
        OutboundDefaults network = OutboundDefaults.keep()) {
      network.lead(forge.environment());
      forge.github("acme/app", app);
      scene.targetAt("https://github.com/acme/target.git").token("secret-token");

      String lock =
          lockThenUpdate(
              reference,
              forge.environment(),
              target -> {
                forge.hidden("github.com", "acme/app", app, "secret-token");
                forge.hidden("github.com", "acme/target", target, "secret-token");
                return release();
              });

      assertThat(lock).doesNotContain("secret-token");
      return lock;
    }
  }

  @Test
  void aBareRepositoryOnThisMachine() {
    TestRepository bare = app.bareClone(folder.resolve("server/app.git"));

    String lock =
        lockThenUpdate(
            "git+" + bare.url() + "?ref=main",
            Map.of(),
            target -> {
              Revision next = release();
              app.git("push", "--quiet", bare.directory().toString(), "main");
              return next;
            });

    assertThat(lock).contains(bare.url());
  }

  @Test
  void aFlakeInAFolderOfItsRepository() {
    app.write("nested/flake.nix", FlakeText.describedAs("nested").text()).commit("Nest");

    String lock =
        lockThenUpdate(scene.reference("app") + "&dir=nested", Map.of(), target -> release());

    assertThat(lock).contains("\"dir\": \"nested\"");
  }

  @Test
  void aSourceThatIsNoFlakeIsLockedAsFiles() {
    TestRepository work = scene.work();
    work.write(
        "flake.nix",
        FlakeText.describedAs("target").plainInput("app", scene.reference("app")).text());

    String lock = update(scene.target(work, "."), Map.of(), release());

    assertThat(lock).contains("\"flake\": false");
  }

  @Test
  void aRepositoryBehindSshIsLocked() {
    Path home = folder.resolve("home");
    File userHome = FS.DETECTED.userHome();
    try (SshGitServer server = SshGitServer.serving(folder, home.resolve(".ssh"))) {
      FS.DETECTED.setUserHome(home.toFile());

      String lock =
          lockThenUpdate(
              "git+" + server.url("app/.git") + "?ref=main",
              server.environment(),
              target -> release());

      assertThat(lock).contains(server.url("app/.git"));
    } finally {
      FS.DETECTED.setUserHome(userHome);
    }
  }

  /** nix took the rest of such a path for something else, and the job was tried for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"my hosts/one", "hosts/ü", "a+b", "50%20", "c#/d?e&f=g"})
  void aFlakeInAFolderWithAnOddName(String directory) {
    TestRepository work = scene.work();
    String text = FlakeText.describedAs("target").input("app", scene.reference("app")).text();
    scene.lock(work.write("flake.nix", text), ".");
    work.write(directory + "/README", "odd").git("add", "--all");
    work.git("mv", "flake.nix", "flake.lock", directory);
    work.commit("Move");
    TestRepository target = scene.serve(work);
    Revision next = release();
    scene.routeWith("app", "'" + directory + "'", "", "app");

    Outcome outcome =
        Scene.ended(scene.run(scene.job("app", directory, "app", next, Scene.DELIVERY)).getFirst());

    assertThat(outcome.kind()).as(() -> "" + outcome).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, directory, "app")).isEqualTo(next.hex());
  }

  @Test
  void aKindOfInputThatHasNoRevisionIsRefused() {
    TestRepository work = scene.work();
    work.write("sub/flake.nix", FlakeText.describedAs("sub").text());
    work.write("flake.nix", FlakeText.describedAs("target").input("app", "path:./sub").text());
    scene.target(work, ".");

    assertThat(scene.route("app").rejected(release())).contains("the input `app` is of type path");
  }

  @Test
  void anInputThatFlakeNixPinsIsRefused() {
    scene.target(
        FlakeText.describedAs("target")
            .input("app", scene.reference("app") + "&rev=" + app.head("main")));

    assertThat(scene.route("app").rejected(release()))
        .contains("flake.nix pins the input `app` to a revision");
  }
}
