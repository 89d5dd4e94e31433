package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.git.cache.BareRepository;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.FetchResult;
import org.eclipse.jgit.transport.RefSpec;

/** Looks for the newest commit of a branch that belongs to this program alone. */
final class OwnCommit {
  private static final String OWN = "refs/relay/own/";

  private OwnCommit() {}

  /** Fetches it; empty if there is no such branch. */
  static Optional<CommitObject> find(GitRemote remote, BareRepository cache, String ownBranch)
      throws JobException {
    String folder = ownBranch.substring(0, ownBranch.lastIndexOf('/') + 1);
    // Asked for by its own name, a branch that is missing would be an error.
    RefSpec wanted = new RefSpec("+" + Constants.R_HEADS + folder + "*:" + OWN + folder + "*");
    try {
      FetchResult found =
          remote.fetch(cache.repository(), "fetch " + ownBranch + " of", 1, "blob:none", wanted);
      Ref own = found.getAdvertisedRef(Constants.R_HEADS + ownBranch);
      ObjectId id = own == null ? null : own.getObjectId();
      return id == null ? Optional.empty() : Optional.of(CommitObject.read(cache.repository(), id));
    } catch (RetryableException e) {
      cache.blame(e);
      throw e;
    } catch (IOException e) {
      cache.blame(e);
      throw new RetryableException("could not read " + ownBranch + " of " + remote.url(), e);
    }
  }
}
