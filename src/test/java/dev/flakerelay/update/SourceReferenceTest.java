package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.reconcile.Comparison;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Reasons;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which branch revisions must be on, as the target's flake.nix refers to the source. */
@Tag("slow")
class SourceReferenceTest {
  private final Path folder;
  private final Scene scene;
  private final TestRepository app;

  SourceReferenceTest(@TempDir Path folder) {
    this.folder = folder;
    scene = Scene.in(folder);
    app = scene.source("app");
    app.git("branch", "stable");
    app.git("tag", "v1.0.0");
  }

  /** Locks a target as a person does whose registry knows {@code app}. */
  private TestRepository targetOf(String reference, String registered) throws IOException {
    Path registry =
        Files.writeString(
            folder.resolve("registry.json"),
            """
            {"version": 2, "flakes": [{
              "from": {"type": "indirect", "id": "app"},
              "to": {"type": "git", "url": "file://%s"%s}}]}
            """
                .formatted(app.directory(), registered));
    TestRepository work = scene.work();
    work.write("flake.nix", FlakeText.describedAs("target").input("app", reference).text());
    scene.lock(work, ".", "--option", "flake-registry", registry.toString());
    work.commit("Lock");
    scene.route("app");
    return scene.serve(work);
  }

  private Revision releaseOn(String branch) {
    app.checkout(branch);
    Revision revision = Scene.release(app, "of " + branch);
    app.checkout("main");
    return revision;
  }

  private Comparison.Finding look() {
    return new Comparison(scene.workshop().repositories(), InstantSource.system())
        .of(scene.config().routes().values(), Instant.MAX)
        .toList()
        .getFirst();
  }

  private Revision reconciled() {
    Comparison.Finding finding = look();
    assertThat(finding).as(() -> "" + finding).isInstanceOf(Comparison.Finding.Seen.class);
    return ((Comparison.Finding.Seen) finding).head();
  }

  private void assertFollows(TestRepository target, String branch) {
    Revision right = releaseOn(branch);
    Revision wrong = releaseOn(branch.equals("stable") ? "main" : "stable");

    assertThat(reconciled()).isEqualTo(right);
    assertThat(scene.rejected(wrong)).contains(wrong + " is not on ");
    assertThat(scene.update(right).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(right.hex());
    assertThat(reconciled()).isEqualTo(right);
  }

  /** Its commits were rejected, main's accepted, and reconciliation moved the lock to main. */
  @ParameterizedTest
  @CsvSource({"app/stable, ''", "app, ',\"ref\":\"stable\"'", "app/stable, ',\"ref\":\"main\"'"})
  void anIndirectInputsBranchIsWhatFlakeNixOrTheRegistryNames(String reference, String registered)
      throws Exception {
    assertFollows(targetOf(reference, registered), "stable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?ref=HEAD", "", "?ref=refs/heads/main", "?ref=main"})
  void headIsTheDefaultBranch(String query) throws Exception {
    assertFollows(targetOf("git+file://" + app.directory() + query, ""), "main");
  }

  @Test
  void headIsTheDefaultBranchAsARoutesSource() throws Exception {
    TestRepository target = targetOf("git+file://" + app.directory() + "?ref=stable", "");
    scene
        .noRoutes()
        .routeWith("app", ".", "    source: git+file://" + app.directory() + "?ref=HEAD\n", "app");

    assertFollows(target, "main");
  }

  /** It was told as {@code there is no refs/heads/v1.0.0}. */
  @ParameterizedTest
  @ValueSource(strings = {"refs/tags/v1.0.0", "v1.0.0", "ABBREVIATED", "feature"})
  void whatIsNoBranchGetsAdvice(String reference) throws Exception {
    String ref = reference.equals("ABBREVIATED") ? app.head("main").abbreviated() : reference;
    TestRepository target = targetOf("git+file://" + app.directory() + "?ref=main", "");
    String lock = target.show(target.head("main"), "flake.lock");
    String flake = target.show(target.head("main"), "flake.nix");
    TestRepository person = target.fullClone(folder.resolve("person"));
    person
        .write("flake.nix", flake.replace("?ref=main", "?ref=" + ref))
        .write(
            "flake.lock",
            lock.replaceAll(
                "(\"original\": \\{\\s*)\"ref\": \"main\"", "$1\"ref\": \"" + ref + "\""))
        .commit("By hand");
    person.git("push", "--quiet", "origin", "main");
    String expected =
        switch (reference) {
          case "ABBREVIATED" -> "`" + ref + "` looks like a revision: name the branch";
          case "feature" -> "there is no refs/heads/feature";
          default -> "`" + ref + "` is a tag: name the branch that its revisions are on";
        };

    assertThat(scene.rejected(releaseOn("main"))).contains(expected);
    assertThat(look())
        .isInstanceOfSatisfying(
            Comparison.Finding.Failed.class,
            failed -> assertThat(Reasons.plain(failed.why().getMessage())).contains(expected));
  }

  @Test
  void aTagAsARoutesSourceGetsAdviceToo() throws Exception {
    targetOf("git+file://" + app.directory(), "");
    scene
        .noRoutes()
        .routeWith(
            "app", ".", "    source: git+file://" + app.directory() + "?ref=v1.0.0\n", "app");

    assertThat(scene.rejected(releaseOn("main")))
        .contains("`v1.0.0` is a tag: name the branch that its revisions are on");
    assertThat(List.of(look())).hasOnlyElementsOfType(Comparison.Finding.Failed.class);
  }
}
