package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.git.cache.BareRepository;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.RefSpec;

/** Looks for the newest commit of a branch that belongs to this program alone. */
final class OwnCommit {
  private static final String OWN = "refs/relay/own/";

  private OwnCommit() {}

  /** Fetches it; empty if there is no such branch. */
  static Optional<CommitObject> find(GitRemote remote, BareRepository cache, String ownBranch)
      throws JobException {
    RefSpec wanted = new RefSpec("+" + Constants.R_HEADS + ownBranch + ":" + OWN + ownBranch);
    try {
      Optional<ObjectId> id =
          remote.fetch(
              cache.repository(),
              "fetch " + ownBranch + " of",
              new ShallowFetch(1, "blob:none", wanted, 0));
      return id.isEmpty()
          ? Optional.empty()
          : Optional.of(CommitObject.read(cache.repository(), id.get()));
    } catch (RetryableException e) {
      cache.blame(e);
      throw e;
    } catch (IOException e) {
      cache.blame(e);
      throw new RetryableException("could not read " + ownBranch + " of " + remote.url(), e);
    }
  }
}
