package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nix refuses is refused at once, with words that say whose it is and what to do. */
@Tag("slow")
class NixVerdictTest {
  private final Scene scene;
  private final TestRepository app;

  NixVerdictTest(@TempDir Path folder) {
    this.scene = Scene.in(folder);
    this.app = scene.source("app");
  }

  private void target() {
    scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.route("app");
  }

  private Revision release(String file, String text) {
    return app.write(file, text).commit("Release");
  }

  @Test
  void anInputThatFollowsOneThatTheSourceHasDroppedIsRejectedAtOnce() {
    scene.source("lib");
    FlakeText withLib = FlakeText.describedAs("app").input("lib", scene.reference("lib"));
    app.write("flake.nix", withLib.text());
    scene.lock(app, ".");
    app.commit("Take in lib");
    scene.target(
        FlakeText.describedAs("target")
            .input("app", scene.reference("app"))
            .follows("lib", "app/lib"));
    scene.route("app");
    app.git("rm", "--quiet", "flake.lock");

    String reason = scene.rejected(release("flake.nix", FlakeText.describedAs("app").text()));

    assertThat(reason)
        .contains("input 'lib' follows a non-existent input 'app/lib'")
        .containsPattern("\\(this is nix \\d+\\.\\d+");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{                                                   | its flake.lock is not the JSON",
        "{\"version\": 8, \"root\": \"root\", \"nodes\": {}}   | its flake.lock has version 8",
        "{\"version\": 7, \"root\": \"root\", \"nodes\": {}}   | its flake.lock names no root node",
        "{\"version\": 7, \"root\": \"r\", \"nodes\": {\"r\": {\"inputs\": {\"a\": \"b\"}}}} | its"
            + " flake.lock leads"
      })
  void aSourcesBrokenLockIsToldAsTheSources(String lock, String words) {
    target();

    assertThat(scene.rejected(release("flake.lock", lock)))
        .contains("could not read the source git+file:", "/app")
        .contains(words);
  }

  @Test
  void aFeatureOfTheLanguageIsTurnedOnByTheConfiguration() {
    target();
    Revision next =
        release("flake.nix", "{ outputs = { ... }: { answer = [ 4 ] |> builtins.head; }; }");

    assertThat(scene.rejected(next))
        .contains("'pipe-operators' is disabled", "nix.experimental-features")
        .containsPattern("\\(this is nix \\d+\\.\\d+");

    scene.settings("nix: { experimental-features: [pipe-operators] }\n");
    assertThat(scene.update(next).kind()).isEqualTo(Outcome.Kind.UPDATED);
  }

  @Test
  void whatIsNoExpressionIsRejectedWithTheVersionOfNix() {
    target();

    assertThat(scene.rejected(release("flake.nix", "{ outputs = ; }")))
        .contains("could not read the source", "syntax error")
        .containsPattern("\\(this is nix \\d+\\.\\d+");
  }

  @Test
  void aLockThatAnotherNixWroteIsToldFromAFlakeThatWasChanged() {
    TestRepository work = scene.work();
    work.write("sub/flake.nix", FlakeText.describedAs("sub").text());
    FlakeText text = FlakeText.describedAs("target").input("app", scene.reference("app"));
    work.write("flake.nix", text.input("sub", "path:./sub").text());
    scene.lock(work, ".");
    String lock = read(work, "flake.lock");
    // As versions before 2.26 wrote it.
    work.write("flake.lock", lock.replaceAll(",\\s+\"parent\": \\[\\]", ""));
    assertThat(read(work, "flake.lock")).isNotEqualTo(lock);
    work.commit("Lock");
    scene.serve(work);
    scene.route("app");

    assertThat(scene.rejected(Scene.release(app, "1")))
        .contains("would also move the input `sub` from nothing to [] (parent): this nix locks it")
        .doesNotContain("was changed");
  }

  private static String read(TestRepository repository, String file) {
    try {
      return Files.readString(repository.directory().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
