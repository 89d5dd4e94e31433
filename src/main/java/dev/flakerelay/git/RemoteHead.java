package dev.flakerelay.git;

import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;

/** Asks a server which commit a branch is at, as {@code git ls-remote} does: nothing is fetched. */
public final class RemoteHead {
  private static final String INTENT = "ask for the head of";

  private static final Pattern ABBREVIATED = Pattern.compile("[0-9a-f]{7,64}");

  private RemoteHead() {}

  /**
   * The newest commit of a branch.
   *
   * @param branch a short name; empty for the repository's default branch
   * @throws PermanentException if there is no such branch or repository, or no permission
   * @throws RetryableException if the server could not be reached, or failed
   */
  public static Revision of(GitRemote remote, Optional<String> branch) throws JobException {
    if (branch.isPresent()) {
      Optional<Revision> head = find(remote, branch.get());
      if (head.isEmpty()) {
        throw explained(missing(remote, Constants.R_HEADS + branch.get()), remote, branch.get());
      }
      return head.get();
    }
    return ask(remote, Constants.HEAD)
        .flatMap(RemoteHead::idOf)
        .orElseThrow(() -> missing(remote, Constants.HEAD));
  }

  private static NotThereException missing(GitRemote remote, String name) {
    return new NotThereException(
        "could not " + INTENT + " " + remote.url() + ": there is no " + name);
  }

  /**
   * The newest commit of a branch.
   *
   * @param branch a short name
   * @return empty if there is no such branch
   */
  public static Optional<Revision> find(GitRemote remote, String branch) throws JobException {
    return ask(remote, Constants.R_HEADS + branch).flatMap(RemoteHead::idOf);
  }

  /**
   * What has the name of a branch that is not there, and what to do: a flake reference names
   * branches, tags and revisions in the same place.
   *
   * @param why says that there is no such branch
   */
  static PermanentException explained(NotThereException why, GitRemote remote, String branch)
      throws JobException {
    String tag = branch.startsWith(Constants.R_REFS) ? branch : Constants.R_TAGS + branch;
    boolean isTag = ask(remote, tag).isPresent();
    if (!isTag && !ABBREVIATED.matcher(branch).matches()) {
      return why;
    }
    return new PermanentException(
        why.getMessage()
            + ", as `"
            + branch
            + (isTag ? "` is a tag" : "` looks like a revision")
            + ": name the branch that its revisions are on as the route's `source`",
        why);
  }

  /** What the server has under a full name, such as {@code refs/heads/main}. */
  static Optional<Ref> ask(GitRemote remote, String name) throws JobException {
    return look(
        remote,
        INTENT,
        new RefSpec(name),
        name,
        connection -> Optional.ofNullable(connection.getRef(name)));
  }

  /** Whether the newest commit of any branch is this one. */
  public static boolean isAny(GitRemote remote, Revision commit) throws JobException {
    return list(remote, INTENT, Constants.R_HEADS).stream()
        .anyMatch(ref -> idOf(ref).equals(Optional.of(commit)));
  }

  /** What the server has in a folder of refs, such as {@code refs/tags/}. */
  static List<Ref> list(GitRemote remote, String intent, String folder) throws JobException {
    return look(
        remote,
        intent,
        new RefSpec(folder + "*:" + folder + "*"),
        folder,
        connection ->
            connection.getRefs().stream().filter(ref -> ref.getName().startsWith(folder)).toList());
  }

  private static <T> T look(
      GitRemote remote,
      String intent,
      RefSpec wanted,
      String prefix,
      Function<FetchConnection, T> answer)
      throws JobException {
    try (Repository nowhere = nowhere()) {
      return remote.talk(
          nowhere,
          intent,
          transport -> {
            try (FetchConnection connection = transport.openFetch(List.of(wanted), prefix)) {
              return answer.apply(connection);
            }
          });
    } catch (IOException e) {
      throw new RetryableException(
          "could not " + intent + " " + remote.url() + ": " + FailureText.of(e), e);
    }
  }

  /** A branch without a commit, as an empty repository's default one, has no id. */
  private static Optional<Revision> idOf(Ref ref) {
    return Optional.ofNullable(ref.getObjectId()).map(id -> new Revision(id.name()));
  }

  /** JGit asks nobody without a repository of one's own: this one is on no disk and has nothing. */
  public static Repository nowhere() throws IOException {
    return new FileRepositoryBuilder().setGitDir(new File("/nonexistent")).setBare().build();
  }
}
