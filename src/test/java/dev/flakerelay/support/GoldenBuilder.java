package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

  /** Writes another flake.nix, locks all its inputs anew and commits. */
  Revision change(TestRepository source, FlakeText text) {
    source.write("flake.nix", text.text()).git("add", "--all");
    nix.update(source.directory()).succeeded();
    return source.commit("Change");
  }

  /** Moves the source on and updates the target to that. */
  GoldenCase update(TestRepository target, String directory, String input, TestRepository source) {
    return update(target, directory, List.of(input), source, moveOn(source), List.of());
  }

  /**
   * Updates inputs as a person would who does it in a clone while the source's branch is at its
   * head; then moves the source on.
   *
   * @param requested the head
   */
  GoldenCase update(
      TestRepository target,
      String directory,
      List<String> inputs,
      TestRepository source,
      Revision requested,
      List<String> submodules) {
    TestRepository bare = target.bareClone(folder.resolve("target.git"));
    Path checkout = bare.fullClone(folder.resolve("person")).directory().resolve(directory);
    Path file = checkout.resolve("flake.lock");
    try {
      Revision previous = locked(Files.readString(file), inputs.getFirst());
      nix.update(checkout, inputs.toArray(String[]::new)).succeeded();
      moveOn(source);
      String lock = Files.readString(file);
      return new GoldenCase(name, bare, directory, inputs, previous, requested, submodules, lock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Revision locked(String lock, String input) {
    JsonNode nodes = JsonMapper.shared().readTree(lock).path("nodes");
    String node = nodes.path("root").path("inputs").path(input).asString();
    return new Revision(nodes.path(node).path("locked").path("rev").asString());
  }
}
