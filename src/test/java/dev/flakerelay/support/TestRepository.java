package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A real Git repository, made and read with the git program.
 *
 * <p>Author and dates are fixed, a minute between two commits, so that the same steps give the same
 * ids on every machine.
 */
public final class TestRepository {
  private static final Instant FIRST_COMMIT = Instant.parse("2026-01-01T00:00:00Z");

  /**
   * A commit as {@link #log} lists it.
   *
   * @param author as {@code Name <email>}
   * @param message in full, without the last line's end
   */
  public record Commit(Revision id, List<Revision> parents, String author, String message) {}

  private final Path directory;
  private final GitCommand git;
  private int commits;

  private TestRepository(Path directory, int commits) {
    this.directory = directory;
    this.git = GitCommand.in(directory);
    this.commits = commits;
  }

  /** Makes an empty repository with a work tree, on branch {@code main}; makes the folder, too. */
  public static TestRepository create(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TestRepository repository = new TestRepository(directory, 0);
    repository.git("init", "--quiet", "--initial-branch=main");
    return repository;
  }

  /** Puts text into a file of the work tree; the next {@link #commit} takes it up. */
  public TestRepository write(String path, String text) {
    try {
      Path file = directory.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@link #write}s a file and makes it executable (mode 100755). */
  public TestRepository executable(String path, String text) {
    write(path, text);
    if (!directory.resolve(path).toFile().setExecutable(true)) {
      throw new IllegalStateException("could not make executable: " + path);
    }
    return this;
  }

  /** Makes a symbolic link (mode 120000) that points at {@code target}. */
  public TestRepository symlink(String path, String target) {
    try {
      Path link = directory.resolve(path);
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, Path.of(target));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pins a submodule (mode 160000) and names it in {@code .gitmodules}; it is not checked out. */
  public TestRepository submodule(String path, String url, Revision revision) {
    try {
      // Without its folder the next commit would take the submodule for deleted.
      Files.createDirectories(directory.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    git("config", "--file", ".gitmodules", "submodule." + path + ".path", path);
    git("config", "--file", ".gitmodules", "submodule." + path + ".url", url);
    git("update-index", "--add", "--cacheinfo", "160000," + revision + "," + path);
    return this;
  }

  /** Commits everything in the work tree to the branch that is checked out. */
  public Revision commit(String message) {
    git("add", "--all");
    Map<String, String> date = dates();
    git.with(date).attempt("commit", "--quiet", "--allow-empty", "--message", message).succeeded();
    return head("HEAD");
  }

  private Map<String, String> dates() {
    String date = FIRST_COMMIT.plus(Duration.ofMinutes(commits++)).getEpochSecond() + " +0000";
    return Map.of("GIT_AUTHOR_DATE", date, "GIT_COMMITTER_DATE", date);
  }

  /**
   * Commits {@code count} small files {@code bulk/0/0.txt}, {@code bulk/0/1.txt} and so on, a
   * hundred a folder, on top of what is committed. They are in the commit and its copies, but not
   * in this work tree.
   */
  public Revision commitBulk(int count, String message) {
    String head = git.attempt("rev-parse", "--quiet", "--verify", "HEAD").text().strip();
    String date = dates().get("GIT_COMMITTER_DATE");
    StringBuilder stream = new StringBuilder("commit " + git("symbolic-ref", "HEAD") + "\n");
    stream.append("committer Test <test@example.org> ").append(date).append('\n');
    stream.append("data ").append(message.length()).append('\n').append(message).append('\n');
    stream.append(head.isEmpty() ? "" : "from " + head + "\n");
    for (int i = 0; i < count; i++) {
      String text = "file " + i + "\n";
      stream.append("M 100644 inline bulk/").append(i / 100).append('/').append(i % 100);
      stream.append(".txt\ndata ").append(text.length()).append('\n').append(text).append('\n');
    }
    byte[] input = stream.toString().getBytes(StandardCharsets.US_ASCII);
    git.attempt(input, "fast-import", "--quiet").succeeded();
    // Thousands of files in the work tree would take longer than all the rest.
    git("sparse-checkout", "set", "--no-cone", "/*", "!/bulk/");
    git("reset", "--quiet", "--hard");
    return head("HEAD");
  }

  /** Makes a branch at the current commit, or moves it there, and checks it out. */
  public TestRepository branch(String name) {
    git("checkout", "--quiet", "-B", name);
    return this;
  }

  /** Checks out a branch. */
  public TestRepository checkout(String name) {
    git("checkout", "--quiet", name);
    return this;
  }

  /** A bare copy, as a server keeps it: the place to push to. */
  public TestRepository bareClone(Path target) {
    return cloneTo(target, "--bare");
  }

  /** A copy with a work tree, as a person has it; its {@code origin} is this repository. */
  public TestRepository fullClone(Path target) {
    return cloneTo(target, "--no-hardlinks");
  }

  private TestRepository cloneTo(Path target, String option) {
    git("clone", "--quiet", option, directory.toString(), target.toString());
    return new TestRepository(target, commits);
  }

  /** The commit that a branch, a tag or {@code HEAD} names. */
  public Revision head(String name) {
    return new Revision(git("rev-parse", "--verify", name + "^{commit}"));
  }

  /** A file's text in a commit. */
  public String show(Revision revision, String path) {
    return git.attempt("cat-file", "blob", revision + ":" + path).succeeded().text();
  }

  /** The commits of a branch, newest first. */
  public List<Commit> log(String branch) {
    String all = git("log", "-z", "--topo-order", "--format=%H%n%P%n%an <%ae>%n%B", branch);
    return Arrays.stream(all.split("\0", -1))
        .filter(commit -> !commit.isEmpty())
        .map(TestRepository::commitOf)
        .toList();
  }

  private static Commit commitOf(String text) {
    String[] fields = text.split("\n", 4);
    List<Revision> parents =
        Arrays.stream(fields[1].split(" ", -1))
            .filter(id -> !id.isEmpty())
            .map(Revision::new)
            .toList();
    return new Commit(new Revision(fields[0]), parents, fields[2], fields[3].stripTrailing());
  }

  /** Every path of a commit with its mode and object id, such as {@code 100644 ce01362…}. */
  public SortedMap<String, String> tree(Revision revision) {
    SortedMap<String, String> tree = new TreeMap<>();
    String listing = git.attempt("ls-tree", "-r", "-z", revision.hex()).succeeded().text();
    for (String entry : listing.split("\0", -1)) {
      int tab = entry.indexOf('\t');
      if (tab >= 0) {
        String[] fields = entry.substring(0, tab).split(" ", 3);
        tree.put(entry.substring(tab + 1), fields[0] + " " + fields[2]);
      }
    }
    return tree;
  }

  /**
   * Runs any git command here and gives what it wrote to stdout, without the last line's end.
   *
   * @throws AssertionError if git fails
   */
  public String git(String... arguments) {
    return git.run(arguments);
  }

  /** Runs any git command here, however it ends. */
  public Execution attempt(String... arguments) {
    return git.attempt(arguments);
  }

  /** Where it is: the work tree's root, or the bare repository. */
  public Path directory() {
    return directory;
  }

  /** Its {@code file:} URL. */
  public String url() {
    return "file://" + directory;
  }
}
