package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.jspecify.annotations.Nullable;

/** Pushes one commit to one branch. */
final class CommitPush {
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
