package dev.flakerelay.git;

import dev.flakerelay.Revision;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.FooterLine;
import org.eclipse.jgit.revwalk.RevCommit;

/**
 * A commit by itself, without its history.
 *
 * @param id its own id
 * @param parents what it was made on
 * @param tree the id of its files, all together
 * @param message subject, body and trailers
 */
public record CommitObject(Revision id, List<Revision> parents, Revision tree, String message) {

  /** Reads the object itself: where the history is cut off, Git's walks hide the parents. */
  static CommitObject read(Repository repository, ObjectId id) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      byte[] bytes = reader.open(id, Constants.OBJ_COMMIT).getBytes();
      RevCommit commit = RevCommit.parse(bytes);
      return new CommitObject(
          new Revision(id.name()),
          Arrays.stream(commit.getParents()).map(each -> new Revision(each.name())).toList(),
          new Revision(commit.getTree().name()),
          commit.getFullMessage());
    }
  }

  /** The value of the message's last trailer of this name. */
  public Optional<String> trailer(String name) {
    return FooterLine.fromMessage(message).stream()
        .filter(line -> line.getKey().equalsIgnoreCase(name))
        .map(FooterLine::getValue)
        .reduce((earlier, later) -> later);
  }

  /** Whether both lead from the same commit to the same files. */
  public boolean changesTheSame(CommitObject other) {
    return parents.equals(other.parents) && tree.equals(other.tree);
  }
}
