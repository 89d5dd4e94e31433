package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.jspecify.annotations.Nullable;

/** All commits of one branch, with what each of them changed; to look at, not to change. */
public final class BranchHistory implements AutoCloseable {
  private static final String FETCHED = "refs/relay/history";
  private static final String CUT_OFF = "history is cut off here: git fetch --unshallow";
  private static final String NOT_COPIED =
      " not in this partial clone: git fetch --refetch --no-filter";

  private final Repository repository;
  private final ObjectId head;
  private final @Nullable ScratchFolder scratch;

  private BranchHistory(Repository repository, ObjectId head, @Nullable ScratchFolder scratch) {
    this.repository = repository;
    this.head = head;
    this.scratch = scratch;
  }

  /**
   * The history of a repository on this machine, as it is there.
   *
   * @param folder a work tree, or a bare repository
   * @param branch a short name; empty for what is checked out
   * @throws PermanentException if there is no repository or branch
   */
  public static BranchHistory open(Path folder, Optional<String> branch) throws JobException {
    GitSetup.apply();
    try {
      Repository repository =
          new FileRepositoryBuilder().findGitDir(folder.toFile()).setMustExist(true).build();
      String ref = branch.map(name -> Constants.R_HEADS + name).orElse(Constants.HEAD);
      ObjectId head = repository.resolve(ref);
      if (head == null) {
        repository.close();
        throw new PermanentException("there is no " + ref + " in " + folder);
      }
      return new BranchHistory(repository, head, null);
    } catch (IOException | IllegalArgumentException e) {
      throw new PermanentException(folder + " is no Git repository: " + e.getMessage(), e);
    }
  }

  /**
   * Fetches the whole history of a branch.
   *
   * @param branch a short name; empty for the repository's default branch
   * @param work where a folder is made that lives until this is closed
   */
  public static BranchHistory fetch(GitRemote remote, Optional<String> branch, Path work)
      throws JobException, IOException {
    GitSetup.apply();
    ScratchFolder scratch = ScratchFolder.create(work);
    Repository repository =
        new FileRepositoryBuilder().setGitDir(scratch.path().toFile()).setBare().build();
    try {
      repository.create(true);
      String from = branch.map(name -> Constants.R_HEADS + name).orElse(Constants.HEAD);
      RefSpec wanted = new RefSpec("+" + from + ":" + FETCHED);
      remote.talk(
          repository,
          "read the history of",
          transport -> {
            transport.setTagOpt(TagOpt.NO_TAGS);
            return transport.fetch(NullProgressMonitor.INSTANCE, List.of(wanted));
          });
      ObjectId head = repository.resolve(FETCHED);
      if (head == null) {
        throw new PermanentException("there is no " + from + " in " + remote.url());
      }
      return new BranchHistory(repository, head, scratch);
    } catch (JobException | IOException | RuntimeException e) {
      repository.close();
      scratch.close();
      throw e;
    }
  }

  /**
   * Visits commits, the oldest first.
   *
   * @param chosen by its message; only then is it looked up what a commit changed
   */
  public void visit(Predicate<String> chosen, Consumer<RecordedCommit> visitor) throws IOException {
    List<RecordedCommit> newestFirst = new ArrayList<>();
    try (RevWalk walk = new RevWalk(repository)) {
      Set<ObjectId> cutOff = repository.getObjectDatabase().getShallowCommits();
      walk.markStart(walk.parseCommit(head));
      for (RevCommit commit : walk) {
        if (chosen.test(commit.getFullMessage())) {
          newestFirst.add(recorded(walk, commit, cutOff.contains(commit)));
        }
        commit.disposeBody(); // or all messages would stay in memory
      }
    }
    newestFirst.reversed().forEach(visitor);
  }

  private RecordedCommit recorded(RevWalk walk, RevCommit commit, boolean isCutOff)
      throws IOException {
    List<RecordedCommit.Difference> differences = List.of();
    Optional<String> excess = Optional.empty();
    Optional<String> unseen = isCutOff ? Optional.of(CUT_OFF) : Optional.empty();
    try {
      differences = isCutOff ? List.of() : differences(walk, commit);
    } catch (MissingObjectException e) {
      unseen = Optional.of("its tree is" + NOT_COPIED);
    } catch (PermanentException e) {
      excess = Optional.of(e.getMessage());
    }
    return new RecordedCommit(
        new Revision(commit.name()),
        commit.getCommitterIdent().getWhenAsInstant(),
        commit.getFullMessage(),
        commit.getParentCount(),
        differences,
        excess,
        unseen);
  }

  private List<RecordedCommit.Difference> differences(RevWalk walk, RevCommit commit)
      throws IOException, PermanentException {
    Optional<ObjectId> before =
        commit.getParentCount() == 0
            ? Optional.empty()
            : Optional.of(walk.parseCommit(commit.getParent(0)).getTree().copy());
    return TreeDifferences.between(walk.getObjectReader(), before, commit.getTree().copy());
  }

  /**
   * The content of a file, by its object's id.
   *
   * @throws UnseenException if it is not in this copy
   */
  public byte[] read(Revision object) throws IOException, UnseenException {
    try {
      return repository.open(ObjectId.fromString(object.hex()), Constants.OBJ_BLOB).getBytes();
    } catch (MissingObjectException e) {
      throw new UnseenException("its files are" + NOT_COPIED);
    }
  }

  @Override
  public void close() {
    repository.close();
    if (scratch != null) {
      scratch.close();
    }
  }
}
