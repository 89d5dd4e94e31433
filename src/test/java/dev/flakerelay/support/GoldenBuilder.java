package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes one {@link GoldenCase}: sources, a target that locks them, and the update by hand. */
final class GoldenBuilder {
  private final String name;
  private final Path folder;
  private final TestForge forge;
  private final TestNix nix;

  GoldenBuilder(String name, Path folder, TestForge forge) {
    this.name = name;
    this.folder = folder;
    this.forge = forge;
    this.nix = TestNix.in(folder.resolve("nix"), forge.environment());
  }

  /** A repository without commits. */
  TestRepository empty(String repository) {
    return TestRepository.create(folder.resolve(repository));
  }

  /** A flake with its lock file, one commit, on every forge. */
  TestRepository source(String repository, FlakeText text) {
    TestRepository source = empty(repository);
    forge
        .github("acme/" + repository, source)
        .gitlab("group/" + repository, source)
        .sourcehut("~acme/" + repository, source)
        .plain("acme/" + repository, source);
    return lock(source, ".", text);
  }

  /** A target with its lock file, one commit. */
  TestRepository target(String directory, FlakeText text) {
    return lock(empty("target"), directory, text);
  }

  /** Writes flake.nix, locks it to the newest of everything and commits. */
  TestRepository lock(TestRepository repository, String directory, FlakeText text) {
    repository.write(Path.of(directory, "flake.nix").normalize().toString(), text.text());
    // In a Git work tree nix sees only what git knows of.
    repository.git("add", "--all");
    nix.lock(repository.directory().resolve(directory)).succeeded();
    repository.commit("Lock");
    return repository;
  }

  /** Commits a change. */
  Revision moveOn(TestRepository source) {
    int number = source.log("main").size();
    return source.write("news.txt", "news " + number + "\n").commit("News " + number);
  }

  /** Locks everything anew and commits. */
  void relock(TestRepository source) {
    try {
      Files.delete(source.directory().resolve("flake.lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // What a branch is at, nix remembers for an hour: this one has no memory.
    TestNix.in(folder.resolve("nix-anew"), forge.environment())
        .lock(source.directory())
        .succeeded();
    source.commit("Lock anew");
  }

  /**
   * Moves the source on twice and updates to the first of these two, as a person would: a clone,
   * then nix in it.
   *
   * @param reference the flake reference up to where the revision follows
   */
  GoldenCase update(
      TestRepository target,
      String directory,
      String input,
      String reference,
      TestRepository source,
      List<String> submodules) {
    Revision previous = source.log("main").getLast().id();
    Revision requested = moveOn(source);
    moveOn(source);
    TestRepository bare = target.bareClone(folder.resolve("target.git"));
    Path checkout = bare.fullClone(folder.resolve("person")).directory().resolve(directory);
    nix.lock(checkout, "--override-input", input, reference + requested).succeeded();
    try {
      String lock = Files.readString(checkout.resolve("flake.lock"));
      return new GoldenCase(name, bare, directory, input, previous, requested, submodules, lock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
