package dev.flakerelay.git;

import dev.flakerelay.Deadline;
import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.git.cache.CacheFolder;
import dev.flakerelay.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchResult;
import org.eclipse.jgit.transport.FilterSpec;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/**
 * The paths in which two revisions of a source differ, as {@code git diff --name-only} shows them.
 * The folders of both are fetched, and no file.
 */
public final class ChangedPaths {
  /** A few small trees may have a billion paths, and empty folders without end. */
  private static final int MOST_ENTRIES = 2_000_000;

  /** Git's own limit ("core.maxTreeDepth" in git-config's manual). */
  private static final int MOST_DEPTH = 2_048;

  /** What Git and JGit say of a commit that they don't have, or don't give away. */
  private static final Pattern UNKNOWN =
      Pattern.compile("not our ref|want \\S+ not valid|available for fetch");

  private final GitRemote remote;
  private final Repository local;

  private ChangedPaths(GitRemote remote, Repository local) {
    this.remote = remote;
    this.local = local;
  }

  /**
   * Whether any path in which two revisions differ counts.
   *
   * @param scratch the folder in which what is fetched is kept meanwhile
   * @param counts whether a path, such as {@code src/main.c}, counts
   * @throws PermanentException if the server does not have both, or they differ in more than can be
   *     looked at
   * @throws RetryableException if the server could not be reached, or failed
   */
  public static boolean any(
      GitRemote remote, Path scratch, Revision before, Revision after, Predicate<String> counts)
      throws JobException {
    try (ScratchFolder folder = ScratchFolder.create(scratch);
        Repository local = new CacheFolder(folder.path()).openOrCreate()) {
      ChangedPaths paths = new ChangedPaths(remote, local);
      paths.fetch(after);
      paths.fetch(before);
      return paths.compare(before, after, counts);
    } catch (IOException e) {
      throw new RetryableException(paths(remote) + ": " + FailureText.of(e), e);
    }
  }

  private static String paths(GitRemote remote) {
    return "could not compare the files of two revisions of " + remote.url();
  }

  /** What an earlier revision has as well is not sent again. */
  private void fetch(Revision revision) throws IOException, JobException {
    if (revision.isSha256()) {
      throw new PermanentException(paths(remote) + ": one has an SHA-256 id");
    }
    try {
      remote.talk(local, "compare the files of", transport -> fetch(transport, revision));
    } catch (RetryableException e) {
      throw UNKNOWN.matcher(String.valueOf(e.getMessage())).find()
          ? new NotThereException(e.getMessage(), e)
          : e;
    }
    ShallowFetch.keep(local, "refs/relay/" + revision.hex(), ObjectId.fromString(revision.hex()));
  }

  private static FetchResult fetch(Transport transport, Revision revision) throws IOException {
    List<RefSpec> wanted = List.of(new RefSpec(revision.hex()));
    transport.setDepth(1);
    transport.setTagOpt(TagOpt.NO_TAGS);
    transport.setFilterSpec(FilterSpec.fromFilterLine("blob:none"));
    try {
      return transport.fetch(NullProgressMonitor.INSTANCE, wanted);
    } catch (TransportException e) {
      if (!String.valueOf(e.getMessage()).contains("filter requires server")) {
        throw e;
      }
      transport.setFilterSpec(FilterSpec.NO_FILTER);
      return transport.fetch(NullProgressMonitor.INSTANCE, wanted);
    }
  }

  private boolean compare(Revision before, Revision after, Predicate<String> counts)
      throws IOException, JobException {
    Deadline.Computation computation = remote.deadline().computation(paths(remote));
    try (TreeWalk walk = new TreeWalk(local)) {
      walk.addTree(tree(before));
      walk.addTree(tree(after));
      walk.setFilter(TreeFilter.ANY_DIFF);
      for (int entries = 0; walk.next(); entries++) {
        computation.check();
        if (entries >= MOST_ENTRIES || walk.getDepth() > MOST_DEPTH) {
          throw new PermanentException(paths(remote) + ": they differ in too many");
        }
        if (walk.isSubtree()) {
          walk.enterSubtree();
        } else if (counts.test(walk.getPathString())) {
          return true;
        }
      }
    }
    return false;
  }

  private ObjectId tree(Revision revision) throws IOException, JobException {
    return CommitObject.parse(local, ObjectId.fromString(revision.hex())).getTree();
  }
}
