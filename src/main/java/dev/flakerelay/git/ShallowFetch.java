package dev.flakerelay.git;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.FilterSpec;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;

/**
 * A fetch of as little of one ref as the server is able to send.
 *
 * @param depth how many commits of each line of history
 * @param filter which objects to leave out ("git rev-list --filter" in Git's manual)
 * @param what the server's ref, and where it is kept
 * @param mostKept where the server's ref has not moved, nothing need be sent if this many commits,
 *     or fewer, are kept of it; 0: everything is sent
 */
record ShallowFetch(int depth, String filter, RefSpec what, int mostKept) {
  private static final Set<RefUpdate.Result> WRITTEN =
      EnumSet.of(
          RefUpdate.Result.NEW,
          RefUpdate.Result.FORCED,
          RefUpdate.Result.FAST_FORWARD,
          RefUpdate.Result.NO_CHANGE);

  /**
   * Fetches, and makes sure that everything was written.
   *
   * @return what the server has; empty if it has no such ref
   */
  Optional<ObjectId> over(Transport transport, Repository local) throws IOException {
    transport.setDepth(depth);
    transport.setTagOpt(TagOpt.NO_TAGS);
    transport.setFilterSpec(FilterSpec.fromFilterLine(filter));
    try {
      return fetch(transport, local);
    } catch (TransportException e) {
      if (!String.valueOf(e.getMessage()).contains("filter requires server")) {
        throw e;
      }
      transport.setFilterSpec(FilterSpec.NO_FILTER);
      return fetch(transport, local);
    }
  }

  private Optional<ObjectId> fetch(Transport transport, Repository local) throws IOException {
    String name = what.getSource();
    try (FetchConnection connection = transport.openFetch(List.of(what), name)) {
      Ref there = connection.getRef(name);
      ObjectId id = there == null ? null : there.getObjectId();
      if (there == null || id == null) {
        return Optional.empty();
      }
      if (!isKept(local, id)) {
        connection.fetch(NullProgressMonitor.INSTANCE, List.of(there), Set.of());
        keep(local, what.getDestination(), id);
      }
      return Optional.of(id);
    }
  }

  /** A cache may be broken: where a commit can't be read all of it is fetched. */
  private boolean isKept(Repository local, ObjectId id) throws IOException {
    Ref here = local.exactRef(what.getDestination());
    if (here == null || !id.equals(here.getObjectId())) {
      return false;
    }
    try (RevWalk walk = new RevWalk(local)) {
      walk.markStart(walk.parseCommit(id));
      int commits = 0;
      while (commits <= mostKept && walk.next() != null) {
        commits++;
      }
      return commits <= mostKept;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Writes what was fetched.
   *
   * @throws IOException also if it was not written: what was fetched last time would be taken for
   *     what is there now
   */
  static void keep(Repository local, String ref, ObjectId id) throws IOException {
    RefUpdate update = local.updateRef(ref);
    update.setNewObjectId(id);
    update.setForceUpdate(true);
    RefUpdate.Result result = update.update();
    if (!WRITTEN.contains(result)) {
      throw new IOException(ref + " was not written: " + result);
    }
  }
}
