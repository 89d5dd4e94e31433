package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
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
 * @param committer the address of who made it
 */
public record CommitObject(
    Revision id, List<Revision> parents, Revision tree, String message, String committer) {

  /** With its message; a parsed commit keeps all of it in memory. */
  private static final long MOST_BYTES = 4L << 20;

  /**
   * Parses an object that a branch leads to, whatever that is.
   *
   * @throws PermanentException if it is no commit, or a larger one than is sane
   */
  public static RevCommit parse(Repository repository, ObjectId id)
      throws IOException, PermanentException {
    try (ObjectReader reader = repository.newObjectReader()) {
      ObjectLoader content = reader.open(id);
      if (content.getType() != Constants.OBJ_COMMIT) {
        throw new PermanentException(
            "the branch leads to "
                + id.name()
                + ", which is a "
                + Constants.typeString(content.getType())
                + ", not a commit");
      }
      if (content.getSize() > MOST_BYTES) {
        throw new PermanentException(
            "the commit "
                + id.name()
                + " has more than "
                + (MOST_BYTES >> 20)
                + " MB, message and all: it is not read");
      }
      return RevCommit.parse(content.getBytes());
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new PermanentException(
          "the commit "
              + id.name()
              + " can't be read, as Git did not write it so: check the repository with `git fsck`",
          e);
    }
  }

  /** Reads the object itself: where the history is cut off, Git's walks hide the parents. */
  static CommitObject read(Repository repository, ObjectId id)
      throws IOException, PermanentException {
    RevCommit commit = parse(repository, id);
    return new CommitObject(
        new Revision(id.name()),
        Arrays.stream(commit.getParents()).map(each -> new Revision(each.name())).toList(),
        new Revision(commit.getTree().name()),
        commit.getFullMessage(),
        committer(commit));
  }

  private static String committer(RevCommit commit) {
    PersonIdent who = commit.getCommitterIdent();
    return who == null ? "" : who.getEmailAddress();
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
