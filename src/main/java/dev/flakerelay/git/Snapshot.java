package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The branch's head as it was fetched: what its tree has at a path.
 *
 * @param commit the head
 */
record Snapshot(RevCommit commit) {

  Revision revision() {
    return new Revision(commit.name());
  }

  /** The id of a regular file; empty if there is nothing at the path. */
  Optional<ObjectId> file(Repository repository, String path)
      throws IOException, PermanentException {
    return entry(repository, path, FileMode.TYPE_FILE, "a regular file");
  }

  /** The commit that a submodule is pinned to; empty if there is nothing at the path. */
  Optional<ObjectId> gitlink(Repository repository, String path)
      throws IOException, PermanentException {
    return entry(repository, path, FileMode.TYPE_GITLINK, "a submodule");
  }

  private Optional<ObjectId> entry(Repository repository, String path, int type, String what)
      throws IOException, PermanentException {
    try (ObjectReader reader = repository.newObjectReader();
        TreeWalk found = TreeWalk.forPath(reader, path, commit.getTree())) {
      if (found == null) {
        return Optional.empty();
      }
      if ((found.getRawMode(0) & FileMode.TYPE_MASK) != type) {
        throw new PermanentException("`" + path + "` is not " + what + " at " + commit.name());
      }
      return Optional.of(found.getObjectId(0));
    }
  }
}
