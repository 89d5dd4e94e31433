package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.jspecify.annotations.Nullable;

/** Pushes one commit to one branch. */
final class CommitPush {
  /** JGit's words for a server that could not, or would not, keep what it was sent. */
  private static final String NOT_UNPACKED = "during unpacking on the remote end";

  private CommitPush() {}

  /**
   * Pushes without force.
   *
   * @param expected where the branch must still be
   * @return whether the branch took the commit; false if it had moved
   */
  static boolean onto(
      Revision expected, GitRemote remote, Repository local, String branch, Revision commit)
      throws JobException {
    return push(remote, local, branch, commit, ObjectId.fromString(expected.hex()), false);
  }

  /** Pushes to a branch that is nobody else's, wherever it is. */
  static boolean forced(GitRemote remote, Repository local, String branch, Revision commit)
      throws JobException {
    return push(remote, local, branch, commit, null, true);
  }

  private static boolean push(
      GitRemote remote,
      Repository local,
      String branch,
      Revision commit,
      @Nullable ObjectId expected,
      boolean force)
      throws JobException {
    try {
      return send(remote, local, branch, commit, expected, force);
    } catch (RetryableException e) {
      Optional<String> odd =
          e.getMessage().contains(NOT_UNPACKED) ? oddFolder(local, commit) : Optional.empty();
      throw odd.isEmpty()
          ? e
          : new PermanentException(
              e.getMessage()
                  + ": the server takes no folder that is written as one of the target's is ("
                  + odd.get()
                  + "): mend it, `git fsck` names it",
              e);
    }
  }

  /** The first complaint about a folder that a commit has changed; its server may have others. */
  private static Optional<String> oddFolder(Repository local, Revision commit) {
    try (RevWalk walk = new RevWalk(local)) {
      RevCommit made = walk.parseCommit(ObjectId.fromString(commit.hex()));
      ObjectId before = walk.parseCommit(made.getParent(0)).getTree();
      return oddFolder(walk.getObjectReader(), before, made.getTree());
    } catch (CorruptObjectException e) {
      return Optional.of(VisibleText.brief(String.valueOf(e.getMessage())));
    } catch (IOException | PermanentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> oddFolder(ObjectReader reader, ObjectId before, ObjectId after)
      throws IOException, PermanentException {
    TreeObject folder = TreeObject.read(reader, after);
    new ObjectChecker().checkTree(folder.bytes());
    List<TreeObject.Entry> old = TreeObject.read(reader, before).entries();
    List<TreeObject.Entry> made = folder.entries();
    for (int i = 0; i < made.size(); i++) {
      ObjectId was = old.get(i).id();
      if (made.get(i).isFolder() && !made.get(i).id().equals(was)) {
        return oddFolder(reader, was, made.get(i).id());
      }
    }
    return Optional.empty();
  }

  private static boolean send(
      GitRemote remote,
      Repository local,
      String branch,
      Revision commit,
      @Nullable ObjectId expected,
      boolean force)
      throws JobException {
    String ref = Constants.R_HEADS + branch;
    return remote.talk(
        local,
        "push to " + branch + " of",
        transport -> {
          RemoteRefUpdate update =
              new RemoteRefUpdate(local, commit.hex(), ref, force, null, expected);
          PushResult result = transport.push(NullProgressMonitor.INSTANCE, List.of(update));
          return PushAnswer.read(result.getRemoteUpdate(ref), result.getMessages(), remote::hide);
        });
  }
}
