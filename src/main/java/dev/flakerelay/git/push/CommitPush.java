package dev.flakerelay.git.push;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.RemoteHead;
import dev.flakerelay.git.TreeObject;
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
import org.eclipse.jgit.transport.RemoteRefUpdate;

/** Pushes one commit to one branch, and finds out what became of it. */
public final class CommitPush {
  /** JGit's words for a server that could not, or would not, keep what it was sent. */
  private static final String NOT_UNPACKED = "during unpacking on the remote end";

  private final GitRemote remote;
  private final Repository local;
  private final String branch;
  private final Optional<Revision> expected;

  private CommitPush(
      GitRemote remote, Repository local, String branch, Optional<Revision> expected) {
    this.remote = remote;
    this.local = local;
    this.branch = branch;
    this.expected = expected;
  }

  /**
   * Pushes without force.
   *
   * @param expected where the branch must still be
   */
  public static PushResult onto(
      Revision expected, GitRemote remote, Repository local, String branch, Revision commit) {
    return new CommitPush(remote, local, branch, Optional.of(expected)).push(commit, false);
  }

  /**
   * Pushes to a branch that is nobody else's, wherever it is.
   *
   * @param before where it was seen last; empty if there was none
   */
  public static PushResult forced(
      Optional<Revision> before,
      GitRemote remote,
      Repository local,
      String branch,
      Revision commit) {
    return new CommitPush(remote, local, branch, before).push(commit, true);
  }

  private PushResult push(Revision commit, boolean force) {
    PushAnswer answer;
    try {
      answer = send(commit, force);
    } catch (PermanentException e) {
      return new PushResult.Refused(e);
    } catch (RetryableException e) {
      return notUnpacked(e, commit);
    } catch (JobException e) {
      throw new IllegalStateException("there are two kinds of failure", e);
    }
    if (answer.isTaken()) {
      return new PushResult.Pushed(commit);
    }
    if (answer.isMoved() || (!answer.isRefusal() && hasMoved())) {
      return new PushResult.BranchMoved();
    }
    return answer.failure(Constants.R_HEADS + branch);
  }

  /**
   * Whether somebody else was faster. Servers have many words for that, and the same words for a
   * lock that was left behind or a branch in the way: only the branch itself says it.
   */
  private boolean hasMoved() {
    try {
      return !RemoteHead.find(remote, branch).equals(expected);
    } catch (JobException e) {
      return false; // nobody knows; it is tried again either way
    }
  }

  /** A server that takes no folder of an odd form says no more than that it failed. */
  private PushResult notUnpacked(RetryableException e, Revision commit) {
    Optional<String> odd =
        e.getMessage().contains(NOT_UNPACKED) ? oddFolder(local, commit) : Optional.empty();
    return odd.isEmpty()
        ? new PushResult.ServerInTrouble(e)
        : new PushResult.Refused(
            new PermanentException(
                e.getMessage()
                    + ": the server takes no folder that is written as one of the target's is ("
                    + odd.get()
                    + "): mend it, `git fsck` names it",
                e));
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

  private PushAnswer send(Revision commit, boolean force) throws JobException {
    String ref = Constants.R_HEADS + branch;
    ObjectId before = force ? null : ObjectId.fromString(expected.orElseThrow().hex());
    return remote.talk(
        local,
        "push to " + branch + " of",
        transport -> {
          RemoteRefUpdate update =
              new RemoteRefUpdate(local, commit.hex(), ref, force, null, before);
          org.eclipse.jgit.transport.PushResult result =
              transport.push(NullProgressMonitor.INSTANCE, List.of(update));
          return PushAnswer.of(result.getRemoteUpdate(ref), result.getMessages(), remote::hide);
        });
  }
}
