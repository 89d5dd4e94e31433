package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.transport.FetchResult;
import org.eclipse.jgit.transport.FilterSpec;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.TrackingRefUpdate;
import org.eclipse.jgit.transport.Transport;

/**
 * A fetch of as little as the server is able to send.
 *
 * @param attempt for messages, as in {@code could not …}
 * @param depth how many commits of each line of history
 * @param filter which objects to leave out ("git rev-list --filter" in Git's manual)
 * @param what the refs to fetch
 */
record ShallowFetch(String attempt, int depth, String filter, RefSpec what) {
  private static final Set<RefUpdate.Result> WRITTEN =
      EnumSet.of(
          RefUpdate.Result.NEW,
          RefUpdate.Result.FORCED,
          RefUpdate.Result.FAST_FORWARD,
          RefUpdate.Result.NO_CHANGE);

  /** Fetches, and makes sure that everything was written. */
  FetchResult over(Transport transport) throws IOException, JobException {
    transport.setDepth(depth);
    transport.setTagOpt(TagOpt.NO_TAGS);
    transport.setFilterSpec(FilterSpec.fromFilterLine(filter));
    FetchResult result;
    try {
      result = transport.fetch(NullProgressMonitor.INSTANCE, List.of(what));
    } catch (TransportException e) {
      String words = String.valueOf(e.getMessage());
      if (words.contains("available for fetch")) {
        throw new NotThereException(attempt + ": there is no " + what.getSource(), e);
      }
      if (!words.contains("filter requires server")) {
        throw e;
      }
      transport.setFilterSpec(FilterSpec.NO_FILTER);
      result = transport.fetch(NullProgressMonitor.INSTANCE, List.of(what));
    }
    // JGit throws nothing if it could not write a ref, and what was fetched last time would be
    // taken for what is there now.
    for (TrackingRefUpdate update : result.getTrackingRefUpdates()) {
      if (!WRITTEN.contains(update.getResult())) {
        throw new IOException(update.getLocalName() + " was not written: " + update.getResult());
      }
    }
    return result;
  }
}
