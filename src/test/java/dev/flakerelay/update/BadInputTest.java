package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is said in a clear sentence, and is final only if no retry can help. */
@Tag("slow")
class BadInputTest {
  private final Path folder;
  private final Scene scene;
  private final TestRepository app;
  private final TestRepository target;
  private final Revision revision;
  private final Revision head;
  private Optional<TestRepository> person = Optional.empty();

  BadInputTest(@TempDir Path folder) {
    this.folder = folder;
    scene = Scene.in(folder);
    app = scene.source("app");
    FlakeText flake =
        FlakeText.describedAs("target")
            .input("app", scene.reference("app"))
            .follows("alias", "app");
    target = scene.target(flake);
    revision = Scene.release(app, "1");
    head = target.head("main");
  }

  @BeforeEach
  void route() {
    scene.route("app");
  }

  @Test
  void anUnknownInputIsRejected() {
    scene.noRoutes().route("other");

    assertThat(rejected("other"))
        .isEqualTo("the flake has no input `other`; flake.lock knows [alias, app]");
  }

  @Test
  void anInputThatFollowsAnotherIsRejected() {
    scene.noRoutes().route("alias");

    assertThat(rejected("alias"))
        .isEqualTo(
            "the input `alias` follows `app` and has no lock of its own: route that input instead");
  }

  private String rejected(String input) {
    Outcome outcome = Scene.ended(scene.run(scene.job(input, revision)).getFirst());
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(target.head("main")).isEqualTo(head);
    return outcome.reason().orElseThrow();
  }

  @Test
  void aSourceThatIsGoneIsRejectedBecauseThereIsNoSuchRepository() throws Exception {
    Files.move(app.directory(), folder.resolve("moved"));

    assertThat(scene.rejected(revision))
        .contains("could not read the history of " + app.url())
        .contains("there is no such repository");
  }

  @Test
  void aSourceThatCanNotBeReachedIsTriedAgain() {
    String dead;
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      dead = server.url("app/.git");
    }
    sourceAt(dead);

    assertThat(scene.retryable(revision))
        .contains("could not read the history of " + dead)
        .contains("Connection refused");
  }

  @ParameterizedTest
  @CsvSource({
    "500, RETRY",
    "503, RETRY",
    "429, RETRY",
    "403, REJECT",
    "401, REJECT",
    "404, REJECT"
  })
  void aSourceThatFailsIsTriedAgainUnlessItRefuses(int status, String expected) {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      sourceAt(server.url("app/.git"));
      server.failNext(10, "/", Fault.status(status));

      if (expected.equals("RETRY")) {
        assertThat(scene.retryable(revision)).contains(server.url("app/.git"), "" + status);
      } else {
        assertThat(scene.rejected(revision)).contains(server.url("app/.git"));
      }
    }
    assertThat(target.head("main")).isEqualTo(head);
  }

  private void sourceAt(String url) {
    scene.noRoutes().routeWith("app", ".", "    source: git+" + url + "?ref=main\n", "app");
  }

  @Test
  void aSourceWithoutTheBranchIsRejected() {
    app.git("branch", "--quiet", "--move", "main", "trunk");

    assertThat(scene.rejected(revision))
        .contains("could not read the history of " + app.url())
        .contains("there is no refs/heads/main");
  }

  @ParameterizedTest
  @CsvSource({
    "flake.lock, 'run `nix flake lock` there once, and push'",
    "flake.nix, name its folder in the target's `directory`"
  })
  void aTargetWithoutItsFilesIsRejected(String file, String advice) {
    person().git("rm", "--quiet", file);

    assertThat(pushAndReject())
        .contains("there is no `" + file + "` on branch main of file://")
        .endsWith(": " + advice);
  }

  @Test
  void aTargetWhoseFlakeIsASymlinkIsRejected() {
    person().git("mv", "flake.nix", "real.nix");
    person().symlink("flake.nix", "real.nix");

    assertThat(pushAndReject()).contains("there is no `flake.nix`");
  }

  @Test
  void aSymlinkOrFolderNamedLikeAFlakeElsewhereDisturbsNobody() {
    person().symlink("old/flake.nix", "../flake.nix").write("odd/flake.lock/x", "x");
    push();

    assertThat(scene.update(revision).kind()).isEqualTo(Outcome.Kind.UPDATED);
  }

  @Test
  void aTargetThatDoesNotEvaluateIsRejected() {
    person().write("flake.nix", "{ inputs = ");

    assertThat(pushAndReject()).contains("nix could not lock", "syntax error", "flake.nix");
  }

  @Test
  void aSourceThatDoesNotEvaluateIsRejected() {
    Revision broken = app.write("flake.nix", "{ outputs = }").commit("Break");

    assertThat(scene.rejected(broken)).contains("could not read the source", "syntax error");
    assertThat(target.head("main")).isEqualTo(head);
  }

  @Test
  void aSourceThatIsNoFlakeIsRejected() throws Exception {
    Files.delete(app.directory().resolve("flake.nix"));
    Revision bare = app.commit("No flake any more");

    assertThat(scene.rejected(bare)).contains("nix could not lock", "flake.nix");
  }

  @Test
  void aChangedReferenceThatWasNeverLockedIsRejectedWithWhatToDo() {
    app.branch("stable");
    person()
        .write(
            "flake.nix",
            FlakeText.describedAs("target")
                .input("app", scene.reference("app").replace("main", "stable"))
                .follows("alias", "app")
                .text());

    assertThat(pushAndReject())
        .contains("flake.nix asks for the input `app`", "stable")
        .contains("Run `nix flake lock` and push");
  }

  @Test
  void anInputThatWasAddedAndNeverLockedIsRejectedWithWhatToDo() {
    TestRepository tools = scene.source("tools");
    person()
        .write(
            "flake.nix",
            FlakeText.describedAs("target")
                .input("app", scene.reference("app"))
                .follows("alias", "app")
                .input("tools", scene.reference("tools"))
                .text());

    assertThat(pushAndReject())
        .contains("would also move the input `tools` from nothing to " + tools.head("main"))
        .contains("Run `nix flake lock` and push");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "not JSON", "[]", "{\"version\": 4}", "{\"version\": 8}"})
  void aLockFileThatIsNoneIsRejected(String text) {
    person().write("flake.lock", text);

    assertThat(pushAndReject()).contains("flake.lock").containsAnyOf("JSON", "versions 5 to 7");
  }

  @Test
  void aBranchThatIsMissingIsRejected() {
    target.git("branch", "--quiet", "--move", "main", "trunk");

    assertThat(scene.rejected(revision))
        .contains("could not fetch the branch of file://")
        .contains("there is no refs/heads/main");
  }

  @Test
  void aRepositoryThatIsMissingIsRejected() throws Exception {
    Files.move(target.directory(), folder.resolve("moved"));

    assertThat(scene.rejected(revision)).contains("there is no such repository", "target.git");
  }

  @Test
  void aRepositoryThatIsMissingOnAServerIsRejected() {
    try (GitHttpServer server = GitHttpServer.serving(scene.server())) {
      scene.targetAt(server.url("other.git")).noRoutes().route("app");

      assertThat(scene.rejected(revision))
          .contains("there is no such repository, or the token may not see it");
    }
  }

  @Test
  void aServerThatWantsAnotherTokenRejects() {
    try (GitHttpServer server = GitHttpServer.serving(scene.server())) {
      server.requireBasicAuth("x-access-token", "right");
      scene.targetAt(server.url("target.git")).token("wrong-token").noRoutes().route("app");

      assertThat(scene.rejected(revision))
          .contains("the server refused", "check secrets.git and its permissions")
          .doesNotContain("wrong-token");

      scene.token("right");
      assertThat(scene.update(revision).kind()).isEqualTo(Outcome.Kind.UPDATED);
    }
  }

  @Test
  void aServerThatTakesNoPushesRejects() {
    try (GitHttpServer server = GitHttpServer.serving(scene.server()).refusePushes()) {
      scene.targetAt(server.url("target.git")).noRoutes().route("app");

      assertThat(scene.rejected(revision)).contains("could not push to main of " + server.url(""));
    }
    assertThat(target.head("main")).isEqualTo(head);
  }

  @Test
  void aHookThatDeclinesRejectsWithItsWords() throws Exception {
    Path hook = target.directory().resolve("hooks/pre-receive");
    Programs.write(hook, "#!/bin/sh\necho 'main is protected: open a pull request'\nexit 1\n");

    assertThat(scene.rejected(revision))
        .contains("the server refused the push to refs/heads/main: pre-receive hook declined")
        .contains("main is protected: open a pull request");
    assertThat(target.head("main")).isEqualTo(head);
  }

  @Test
  void aSubmoduleThatIsNoneIsRejected() {
    scene.noRoutes().routeWith("app", ".", Scene.submodules("vendor/app"), "app");

    assertThat(scene.rejected(revision)).contains("no submodule at `vendor/app` on branch main");
  }

  @Test
  void aFailingMachineIsTriedAgain() {
    scene.meanwhile("echo 'error: writing to file: No space left on device' >&2; exit 1");

    assertThat(scene.retryable(revision)).contains("No space left on device");
  }

  @Test
  void aServerThatIsDownIsTriedAgainAndTheCacheIsKept() {
    try (GitHttpServer server = GitHttpServer.serving(scene.server())) {
      scene.targetAt(server.url("target.git")).noRoutes().route("app");
      assertThat(scene.update(revision).kind()).isEqualTo(Outcome.Kind.UPDATED);
      var before = Scene.list(scene.tools().resolve("git"));
      server.failNext(1, "/", new Fault.Status(503, Map.of(), "down"));

      assertThat(scene.retryable(revision)).contains("503");

      assertThat(Scene.list(scene.tools().resolve("git"))).isEqualTo(before);
    }
  }

  private TestRepository person() {
    return person.orElseGet(
        () -> {
          TestRepository made = target.fullClone(folder.resolve("person"));
          person = Optional.of(made);
          return made;
        });
  }

  private String pushAndReject() {
    Revision pushed = push();
    String reason = scene.rejected(revision);
    assertThat(target.head("main")).isEqualTo(pushed);
    return reason;
  }

  private Revision push() {
    Revision pushed = person().commit("By a person");
    person().git("push", "--quiet", "origin", "main");
    return pushed;
  }
}
