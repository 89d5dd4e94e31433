package dev.flakerelay.bench;

import dev.flakerelay.Revision;
import dev.flakerelay.support.GitCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a person would write: a shallow clone, nix, a commit, a push. */
record Script(Stage stage) {
  void run(int target, Revision revision) {
    try {
      Path folder = Files.createTempDirectory(stage.folder(), "checkout");
      GitCommand outside = GitCommand.in(folder).with(stage.forge().environment());
      outside.run("clone", "--quiet", "--depth", "1", Stage.url(target), "flake");
      Path checkout = folder.resolve("flake");
      stage
          .nix()
          .update(checkout, "app", "--override-input", "app", Stage.reference(revision))
          .succeeded();
      GitCommand git = GitCommand.in(checkout).with(stage.forge().environment());
      git.run("commit", "--quiet", "--all", "--message", "chore: bump app to " + revision);
      git.run("push", "--quiet");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
