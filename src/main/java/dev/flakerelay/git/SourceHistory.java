package dev.flakerelay.git;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Relation;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.git.cache.BareRepository;
import dev.flakerelay.git.cache.CacheUse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.RefSpec;

/**
 * The commits of a source's branch, without their trees, as far back as a question needs. Asked
 * over Git itself, which no rate limit of a forge's API touches.
 */
public final class SourceHistory implements AutoCloseable {
  private static final String FETCHED = "refs/relay/source";
  private static final String INTENT = "read the history of";

  /** It takes longer to read more of them than to fetch the newest. */
  private static final int MOST_KEPT = 1_000;

  /** How many commits are fetched at first, and then, if that was not enough. */
  private static final List<Integer> DEPTHS = List.of(200, 4_000, 60_000);

  private final GitRemote remote;
  private final SourceBranch source;
  private final BareRepository cache;
  private int depth;

  private SourceHistory(GitRemote remote, SourceBranch source, BareRepository cache) {
    this.remote = remote;
    this.source = source;
    this.cache = cache;
  }

  /**
   * Fetches the branch's newest commits.
   *
   * @param cacheFolder where a bare repository keeps what was fetched before; made if missing, made
   *     anew if broken
   * @throws PermanentException if there is no such branch or repository, or no permission
   * @throws RetryableException if the server could not be reached, or failed
   */
  public static SourceHistory fetch(
      SourceBranch source, Optional<? extends Access> access, Path cacheFolder, Deadline deadline)
      throws JobException {
    GitRemote remote = new GitRemote(source.url(), access, deadline);
    return CacheUse.in(
        cacheFolder,
        cache -> {
          SourceHistory history = new SourceHistory(remote, source, cache);
          history.deepen(DEPTHS.getFirst());
          history.requireReadable();
          return history;
        });
  }

  /** The branch's newest commit. */
  public Revision head() throws JobException {
    try {
      return new Revision(cache.commitAt(FETCHED).name());
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /**
   * How {@code requested} relates to {@code locked}.
   *
   * @throws PermanentException if the history would have to be read further back than is sane
   * @throws RetryableException if the history could not be read
   */
  public Relation relation(Revision locked, Revision requested) throws JobException {
    if (locked.equals(requested)) {
      return Relation.SAME;
    }
    boolean requestedKnown = false;
    for (int next : DEPTHS) {
      deepen(next);
      boolean whole = !isShallow();
      requestedKnown = isAncestor(requested, head());
      boolean lockedKnown = isAncestor(locked, head());
      if (requestedKnown && lockedKnown) {
        Relation found = compare(locked, requested);
        if (found != Relation.DIVERGED || whole) {
          return found;
        }
        continue; // a way from one to the other may be cut off
      }
      if (whole) {
        return requestedKnown ? Relation.DIVERGED : Relation.OFF_BRANCH;
      }
    }
    String words =
        ("could not find how %s relates to the locked %s among the newest %d commits of %s: run"
                + " `nix flake update` for this input once and push")
            .formatted(requested.abbreviated(), locked.abbreviated(), DEPTHS.getLast(), source);
    throw requestedKnown ? new PermanentException(words) : new NotThereException(words);
  }

  /**
   * Whether a revision is on the branch.
   *
   * @throws PermanentException if the history would have to be read further back than is sane
   * @throws RetryableException if the history could not be read
   */
  public boolean has(Revision revision) throws JobException {
    return relation(head(), revision) != Relation.OFF_BRANCH;
  }

  /**
   * The subjects of the commits that a revision has and an older one has not, the newest first.
   *
   * @param most how many of them
   */
  public List<String> subjects(Revision older, Revision newer, int most) throws JobException {
    List<String> subjects = new ArrayList<>();
    try (RevWalk walk = new RevWalk(cache.repository())) {
      walk.markStart(walk.parseCommit(ObjectId.fromString(newer.hex())));
      walk.markUninteresting(walk.parseCommit(ObjectId.fromString(older.hex())));
      for (RevCommit commit : walk) {
        if (subjects.size() >= most) {
          break;
        }
        subjects.add(commit.getShortMessage());
      }
      return List.copyOf(subjects);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private Relation compare(Revision locked, Revision requested) throws JobException {
    return isAncestor(locked, requested)
        ? Relation.NEWER
        : isAncestor(requested, locked) ? Relation.OLDER : Relation.DIVERGED;
  }

  private boolean isAncestor(Revision older, Revision newer) throws JobException {
    if (older.hex().length() != Constants.OBJECT_ID_STRING_LENGTH) {
      return false; // of a repository with SHA-256, which this is none of
    }
    ObjectId id = ObjectId.fromString(older.hex());
    try {
      return contains(newer, id::equals);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /**
   * Whether a history has a revision. If not, what was fetched of it was read to its end: a part
   * that is missing here must not pass for one that never was.
   */
  private boolean contains(Revision tip, Predicate<ObjectId> wanted)
      throws IOException, JobException {
    Deadline.Computation computation =
        remote.deadline().computation("could not search the history of " + source);
    try (RevWalk walk = new RevWalk(cache.repository())) {
      walk.setRetainBody(false); // messages of 60,000 commits would all stay in memory
      walk.markStart(walk.parseCommit(ObjectId.fromString(tip.hex())));
      for (RevCommit commit : walk) {
        computation.check();
        if (wanted.test(commit)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Fails where a commit that was fetched before is not there any more. */
  private void requireReadable() throws IOException, JobException {
    contains(head(), _ -> false);
  }

  private boolean isShallow() throws JobException {
    try {
      return !cache.repository().getObjectDatabase().getShallowCommits().isEmpty();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private void deepen(int commits) throws JobException {
    if (depth >= commits) {
      return;
    }
    String from = source.branch().map(name -> Constants.R_HEADS + name).orElse("HEAD");
    RefSpec wanted = new RefSpec("+" + from + ":" + FETCHED);
    ShallowFetch fetch = new ShallowFetch(commits, "tree:0", wanted, depth == 0 ? MOST_KEPT : 0);
    if (remote.fetch(cache.repository(), INTENT, fetch).isEmpty()) {
      NotThereException missing = remote.missing(INTENT, from);
      throw source.branch().isPresent()
          ? RemoteHead.explained(missing, remote, source.branch().get())
          : missing;
    }
    depth = commits;
  }

  private RetryableException broken(IOException cause) {
    cache.blame(cause);
    return new RetryableException(
        "could not read the history of " + source + ": " + FailureText.of(cause), cause);
  }

  @Override
  public void close() {
    cache.close();
  }
}
