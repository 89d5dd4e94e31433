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
 * @param mayStand whether nothing need be sent where what is kept is still the server's
 */
record ShallowFetch(int depth, String filter, RefSpec what, boolean mayStand) {
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
      if (!mayStand || !isKept(local, id)) {
        connection.fetch(NullProgressMonitor.INSTANCE, List.of(there), Set.of());
        keep(local, what.getDestination(), id);
      }
      return Optional.of(id);
    }
  }

  /** A cache may be broken: what can't be read is fetched. */
  private boolean isKept(Repository local, ObjectId id) throws IOException {
    Ref here = local.exactRef(what.getDestination());
    if (here == null || !id.equals(here.getObjectId())) {
      return false;
    }
    try (RevWalk walk = new RevWalk(local)) {
      var _ = walk.parseCommit(id);
      var _ = local.getObjectDatabase().getShallowCommits();
      return true;
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
