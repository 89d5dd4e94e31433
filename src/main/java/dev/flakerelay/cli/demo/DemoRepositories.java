package dev.flakerelay.cli.demo;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.git.GitSetup;
import dev.flakerelay.nix.Nix;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/** A source that releases, and a target that locks it, in a folder of this machine. */
final class DemoRepositories implements AutoCloseable {
  private final String flake;
  private final String locked;
  private final Git source;
  private final Git target;

  private DemoRepositories(String flake, String locked, Git source, Git target) {
    this.flake = flake;
    this.locked = locked;
    this.source = source;
    this.target = target;
  }

  static DemoRepositories create(Path folder, Nix nix) throws Exception {
    GitSetup.apply();
    Path sourceFolder = folder.resolve("hello");
    Git source = init(sourceFolder);
    Files.writeString(
        sourceFolder.resolve("flake.nix"),
        """
        {
          description = "A program that releases now and then";
          outputs = { self }: { version = builtins.readFile ./VERSION; };
        }
        """);
    String first = commit(source, "VERSION", "1.0.0\n", "Release 1.0.0").name();

    Path work = folder.resolve("machines-work");
    String flake =
        """
        {
          inputs.hello.url = "git+%s?ref=main";
          outputs = { self, hello }: { helloVersion = hello.version; };
        }
        """
            .formatted(fileUrl(sourceFolder));
    try (Git machines = init(work)) {
      Files.writeString(work.resolve("flake.nix"), flake);
      commit(machines, "flake.lock", lock(nix, flake, sourceFolder, first), "Lock hello 1.0.0");
    }
    Git target =
        Git.cloneRepository()
            .setBare(true)
            .setURI(fileUrl(work))
            .setDirectory(folder.resolve("machines.git").toFile())
            .call();
    return new DemoRepositories(flake, first, source, target);
  }

  /** The target's flake.nix. */
  String flake() {
    return flake;
  }

  /** What the target locks at first. */
  String locked() {
    return locked;
  }

  /** A lock that names the source's first commit, completed by nix. */
  private static String lock(Nix nix, String flake, Path source, String revision)
      throws JobException {
    String url = fileUrl(source);
    String sketch =
        """
        {"nodes": {"hello": {"locked": {"type": "git", "url": "%1$s", "ref": "main", "rev": "%2$s"},
                             "original": {"type": "git", "url": "%1$s", "ref": "main"}},
                   "root": {"inputs": {"hello": "hello"}}},
         "root": "root", "version": 7}
        """
            .formatted(url, revision);
    byte[] lock =
        nix.lock(
                Map.of(
                    "flake.nix", flake.getBytes(StandardCharsets.UTF_8),
                    "flake.lock", sketch.getBytes(StandardCharsets.UTF_8)),
                ".",
                Map.of("hello", "git+" + url + "?ref=main&rev=" + revision),
                List.of())
            .file();
    return new String(lock, StandardCharsets.UTF_8);
  }

  /** What {@code relay.yaml} says of the two. */
  static String config(Path folder) {
    return """
    secrets:
      webhook: [env:RELAY_WEBHOOK_SECRET]
    routes:
      hello:
        when:
          - event: repository_dispatch
            repository: you/machines
            type: hello-released
        targets:
          - repository: %s
            branch: main
            input: hello
    """
        .formatted(fileUrl(folder.resolve("machines.git")));
  }

  /** Commits a new version to the source. */
  Revision release(String version) throws Exception {
    return new Revision(commit(source, "VERSION", version + "\n", "Release " + version).name());
  }

  /** The target's newest commit. */
  RevCommit head() throws IOException {
    ObjectId id = target.getRepository().resolve(Constants.R_HEADS + "main");
    try (RevWalk walk = new RevWalk(target.getRepository())) {
      return walk.parseCommit(id);
    }
  }

  /** A file of a commit of the target. */
  byte[] read(RevCommit commit, String path) throws IOException {
    Repository repository = target.getRepository();
    try (TreeWalk walk = TreeWalk.forPath(repository, path, commit.getTree())) {
      return repository.open(walk.getObjectId(0)).getBytes();
    }
  }

  /** What a commit of the target changes, as {@code git show} prints it. */
  String diff(RevCommit commit) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (DiffFormatter formatter = new DiffFormatter(text)) {
      formatter.setRepository(target.getRepository());
      formatter.setContext(1);
      formatter.format(commit.getParent(0), commit);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private static Git init(Path folder) throws GitAPIException, IOException {
    Files.createDirectories(folder);
    return Git.init().setDirectory(folder.toFile()).setInitialBranch("main").call();
  }

  private static RevCommit commit(Git git, String file, String text, String message)
      throws GitAPIException, IOException {
    Files.writeString(git.getRepository().getWorkTree().toPath().resolve(file), text);
    git.add().addFilepattern(".").call();
    return git.commit()
        .setAuthor("You", "you@example.org")
        .setCommitter("You", "you@example.org")
        .setMessage(message)
        .call();
  }

  private static String fileUrl(Path folder) {
    return "file://" + folder;
  }

  @Override
  public void close() {
    source.close();
    target.close();
  }
}
