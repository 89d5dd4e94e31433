package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Relation;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Allow;
import dev.flakerelay.flake.LockedInput;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import java.util.List;
import java.util.Optional;

/**
 * Decides what a job means for a target as its head is now: whether its revision is newer than the
 * locked one.
 */
public final class Judge {
  private final TargetSession session;
  private final Histories histories;

  Judge(TargetSession session, Histories histories) {
    this.session = session;
    this.histories = histories;
  }

  /** A job with the commit that it means: that of a release is what its tag leads to. */
  Assignment withCommit(Assignment assignment) throws JobException {
    Job job = assignment.job();
    return job.isResolved()
        ? assignment
        : assignment.at(histories.commitOf(source(assignment), job, job.requested()));
  }

  /**
   * What to do for a job.
   *
   * @throws NotThereException if its revision is nowhere at the source
   * @throws PermanentException if it can't be done
   */
  public Verdict of(Assignment assignment) throws JobException {
    LockedInput input = session.lock().input(assignment.job().input());
    Revision requested = assignment.job().revision();
    if (requested.isSha256()) {
      throw new PermanentException(
          requested.hex()
              + " is of a repository with SHA-256 ids, which nix can't read: release from one with"
              + " SHA-1");
    }
    Optional<Revision> locked = input.revision();
    if (locked.isEmpty()) {
      return allows(assignment, Allow.DIVERGED)
              || histories.hasOnBranch(source(assignment), assignment.job(), requested)
          ? Verdict.go(assignment, locked)
          : offBranch(assignment, locked);
    }
    return switch (relation(assignment, locked.get(), requested)) {
      case SAME ->
          session.submodulesAreAt(assignment.target().submodules(), requested)
              ? Verdict.end(
                  assignment, Outcome.Kind.UNCHANGED, locked, "that revision is locked already")
              : Verdict.go(assignment, locked);
      case NEWER -> Verdict.go(assignment, locked);
      case OLDER ->
          allows(assignment, Allow.DOWNGRADE)
              ? Verdict.go(assignment, locked)
              : Verdict.end(
                  assignment,
                  Outcome.Kind.SUPERSEDED,
                  locked,
                  "a newer revision is locked: " + locked.get().hex());
      case DIVERGED -> {
        if (!allows(assignment, Allow.DIVERGED)) {
          throw new PermanentException(
              requested.hex()
                  + " does not descend from the locked revision "
                  + locked.get().hex()
                  + " on "
                  + source(assignment)
                  + ": if the branch was rewritten, run `nix flake update "
                  + assignment.job().input()
                  + "` once and push, or set `allow: [diverged]` on the route");
        }
        yield Verdict.go(assignment, locked);
      }
      case OFF_BRANCH -> offBranch(assignment, locked);
    };
  }

  /** A sender may have named the object of an annotated tag, which is on no branch. */
  private Verdict offBranch(Assignment assignment, Optional<Revision> locked) throws JobException {
    Job job = assignment.job();
    SourceBranch source = source(assignment);
    Optional<Revision> commit = histories.commitBehind(source, job, job.revision());
    if (commit.isPresent()) {
      return of(assignment.at(commit.get()));
    }
    if (allows(assignment, Allow.DIVERGED)) {
      return Verdict.go(assignment, locked);
    }
    String words =
        job.revision().hex()
            + " is not on "
            + source
            + ": push it there first, or name the right branch as the route's source";
    // What another branch has is no news that is still on its way.
    throw histories.hasBranchAt(source, job, job.revision())
        ? new PermanentException(words)
        : new NotThereException(words);
  }

  /** What is locked for a job's input, be it done or not; empty if that has no revision. */
  Optional<Revision> locked(Assignment assignment) {
    try {
      return session.lock().input(assignment.job().input()).revision();
    } catch (PermanentException e) {
      return Optional.empty(); // which is the reason that is told
    }
  }

  /**
   * The jobs to do first: the newest for the input of the first job, and whatever its dispatch
   * asked for besides.
   *
   * @param open not empty, in the order of the queue
   */
  List<Assignment> newestFirst(List<Assignment> open) throws JobException {
    Assignment newest = open.getFirst();
    for (Assignment other : open) {
      if (other.job().competesWith(newest.job()) && isNewer(other, newest)) {
        newest = other;
      }
    }
    Assignment chosen = newest;
    return open.stream()
        .filter(each -> each.equals(chosen) || isCompanion(each, chosen))
        .distinct()
        .toList();
  }

  private static boolean isCompanion(Assignment each, Assignment chosen) {
    return each.belongsWith(chosen) && !each.job().competesWith(chosen.job());
  }

  private boolean isNewer(Assignment candidate, Assignment than) throws JobException {
    try {
      Revision mine = candidate.job().revision();
      return relation(than, than.job().revision(), mine) == Relation.NEWER;
    } catch (PermanentException e) {
      return false; // its turn comes, and with it the reason
    }
  }

  /**
   * Whether a job asks for something older than what is proposed for its input already.
   *
   * @param proposed what an open pull request locks
   */
  public boolean isBehind(Assignment assignment, Revision proposed) throws JobException {
    return !allows(assignment, Allow.DOWNGRADE)
        && relation(assignment, proposed, assignment.job().revision()) == Relation.OLDER;
  }

  /** The branch that a job's revision must be on. */
  public SourceBranch source(Assignment assignment) throws JobException {
    Optional<SourceBranch> configured = assignment.route().source();
    return configured.isPresent()
        ? configured.get()
        : session.lock().input(assignment.job().input()).branch();
  }

  /**
   * The subjects of the source's commits since what was locked, the newest first; 50 at most, none
   * if they can't be read.
   */
  public List<String> subjectsSince(Assignment assignment, Revision previous) {
    try {
      Job job = assignment.job();
      return histories.subjects(source(assignment), job, previous, job.revision());
    } catch (JobException e) {
      return List.of(); // nothing is wrong with the lock
    }
  }

  /** What the target's branch locks for an input of the same flake; empty if it has no revision. */
  public Optional<Revision> lockedFor(Assignment assignment) {
    return locked(assignment);
  }

  /** The same; empty if the lock does not tell. */
  Optional<SourceBranch> knownSource(Assignment assignment) {
    try {
      return Optional.of(source(assignment));
    } catch (JobException e) {
      return Optional.empty(); // which is the reason that is told
    }
  }

  private Relation relation(Assignment assignment, Revision locked, Revision requested)
      throws JobException {
    if (locked.equals(requested)) {
      return Relation.SAME;
    }
    return histories.relation(source(assignment), assignment.job(), locked, requested);
  }

  private static boolean allows(Assignment assignment, Allow what) {
    return assignment.route().allow().contains(what);
  }
}
