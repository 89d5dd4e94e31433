package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;

/**
 * The branch's head as it was fetched: what its tree has at a path. Only the folders on the way
 * there are read, however many there are.
 *
 * @param commit the head
 */
record Snapshot(RevCommit commit) {

  Revision revision() {
    return new Revision(commit.name());
  }

  /** The id of a file; empty if there is none at the path. */
  Optional<ObjectId> file(Repository repository, String path)
      throws IOException, PermanentException {
    return at(repository, path).filter(TreeObject.Entry::isFile).map(TreeObject.Entry::id);
  }

  /** The commit that a submodule is pinned to; empty if there is nothing at the path. */
  Optional<ObjectId> gitlink(Repository repository, String path)
      throws IOException, PermanentException {
    Optional<TreeObject.Entry> found = at(repository, path);
    if (found.isPresent() && !found.get().isSubmodule()) {
      throw new PermanentException("`" + path + "` is not a submodule at " + commit.name());
    }
    return found.map(TreeObject.Entry::id);
  }

  /** What is at a path. */
  Optional<TreeObject.Entry> at(Repository repository, String path)
      throws IOException, PermanentException {
    try (ObjectReader reader = repository.newObjectReader()) {
      ObjectId folder = commit.getTree();
      String[] names = path.split("/", -1);
      for (int i = 0; i < names.length - 1; i++) {
        Optional<TreeObject.Entry> next = TreeObject.read(reader, folder).entry(names[i]);
        if (next.isEmpty() || !next.get().isFolder()) {
          return Optional.empty();
        }
        folder = next.get().id();
      }
      return TreeObject.read(reader, folder).entry(names[names.length - 1]);
    }
  }
}
