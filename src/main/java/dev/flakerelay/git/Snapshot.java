package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /** The ids of all regular files, in any folder, that have one of the names; by path. */
  Map<String, ObjectId> filesNamed(Repository repository, Set<String> names) throws IOException {
    Map<String, ObjectId> files = new HashMap<>();
    try (TreeWalk walk = new TreeWalk(repository)) {
      walk.addTree(commit.getTree());
      walk.setRecursive(true);
      while (walk.next()) {
        boolean regular = (walk.getRawMode(0) & FileMode.TYPE_MASK) == FileMode.TYPE_FILE;
        if (regular && names.contains(walk.getNameString())) {
          files.put(walk.getPathString(), walk.getObjectId(0));
        }
      }
    }
    return files;
  }

  /** The commit that a submodule is pinned to; empty if there is nothing at the path. */
  Optional<ObjectId> gitlink(Repository repository, String path)
      throws IOException, PermanentException {
    try (ObjectReader reader = repository.newObjectReader();
        TreeWalk found = TreeWalk.forPath(reader, path, commit.getTree())) {
      if (found == null) {
        return Optional.empty();
      }
      if (!FileMode.GITLINK.equals(found.getRawMode(0))) {
        throw new PermanentException("`" + path + "` is not a submodule at " + commit.name());
      }
      return Optional.of(found.getObjectId(0));
    }
  }
}
