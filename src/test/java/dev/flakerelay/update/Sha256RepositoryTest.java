package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitCommand;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories with SHA-256 ids ("git init --object-format"): nix can't read them. */
@Tag("slow")
class Sha256RepositoryTest {
  private final Scene scene;

  private final Path folder;

  Sha256RepositoryTest(@TempDir Path folder) {
    this.folder = folder;
    this.scene = Scene.in(folder);
  }

  private Revision repository(Path place) throws Exception {
    Path work = Files.createTempDirectory(folder, "work");
    GitCommand git = GitCommand.in(work);
    git.attempt("init", "--quiet", "--initial-branch=main", "--object-format=sha256").succeeded();
    Files.writeString(work.resolve("flake.nix"), FlakeText.describedAs("sha256").text());
    git.attempt("add", "--all").succeeded();
    git.attempt("commit", "--quiet", "--message", "First").succeeded();
    git.attempt("clone", "--quiet", "--bare", ".", place.toString()).succeeded();
    return new Revision(git.attempt("rev-parse", "HEAD").succeeded().text().strip());
  }

  @Test
  void aRevisionOfOneIsRejected() {
    scene.source("app");
    scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.route("app");

    assertThat(scene.rejected(new Revision("1".repeat(64)))).contains("SHA-256");
  }

  @Test
  void aTargetThatIsOneIsRejected() throws Exception {
    repository(scene.server().resolve("target.git"));
    try (GitHttpServer server = GitHttpServer.serving(scene.server())) {
      scene.targetAt(server.url("target.git")).route("app");

      assertThat(scene.rejected(new Revision("1".repeat(40)))).contains("SHA-256");
    }
  }

  @Test
  void aTargetOnThisMachineThatIsOneIsRejected() throws Exception {
    Path target = scene.server().resolve("target.git");
    repository(target);
    scene.targetAt("file://" + target).route("app");

    assertThat(scene.rejected(new Revision("1".repeat(40)))).contains("SHA-256");
  }

  @Test
  void aSourceOnThisMachineThatBecameOneIsRejected() throws Exception {
    scene.source("app");
    scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.route("app");
    Files.move(folder.resolve("app"), folder.resolve("old"));
    repository(folder.resolve("app"));

    assertThat(scene.rejected(new Revision("1".repeat(40)))).contains("SHA-256");
  }

  @Test
  void aSourceThatBecameOneIsRejected() throws Exception {
    TestRepository app = scene.source("app");
    app.bareClone(scene.server().resolve("app.git"));
    try (GitHttpServer server = GitHttpServer.serving(scene.server())) {
      String reference = "git+" + server.url("app.git") + "?ref=main";
      scene.target(FlakeText.describedAs("target").input("app", reference));
      scene.route("app");
      Files.move(scene.server().resolve("app.git"), folder.resolve("old.git"));
      Revision requested = repository(scene.server().resolve("app.git"));

      assertThat(scene.rejected(requested)).contains("SHA-256");
      assertThat(scene.rejected(new Revision("1".repeat(40)))).contains("SHA-256");
    }
  }
}
