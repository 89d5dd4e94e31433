package dev.flakerelay.update.publish;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.config.Route;
import dev.flakerelay.forge.OpenProposal;
import dev.flakerelay.forge.Proposals;
import dev.flakerelay.git.CommitObject;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Assignment;
import dev.flakerelay.update.Judge;
import dev.flakerelay.update.Steps;
import dev.flakerelay.update.TargetSession;
import dev.flakerelay.update.Verdict;
import dev.flakerelay.update.Workshop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One commit that is not pushed to the target's branch but to a branch of its own, with a pull
 * request from there. Whatever is there already is kept, so that a second run changes nothing.
 */
public final class PullRequest implements Publisher {
  /** The committer of what GitHub's API commits and signs. */
  private static final String SIGNED_BY_GITHUB = "noreply@github.com";

  private final Workshop workshop;
  private final TargetSession session;
  private final Judge judge;
  private final List<CommitText.Move> moves;
  private final Job job;
  private final String ownBranch;

  /**
   * A pull request for a session's head.
   *
   * @param some not empty, all of one dispatch; what it moves besides is proposed with them, as all
   *     share one branch
   */
  public PullRequest(
      Workshop workshop, TargetSession session, Judge judge, List<CommitText.Move> some)
      throws JobException {
    List<CommitText.Move> all = new ArrayList<>();
    List<String> inputs = new ArrayList<>();
    for (Assignment each : some.getFirst().assignment().ofSameDispatch()) {
      inputs.add(each.job().input());
      move(each, some, judge).ifPresent(all::add);
    }
    this.workshop = workshop;
    this.session = session;
    this.judge = judge;
    this.moves = List.copyOf(all);
    this.job = some.getFirst().assignment().job();
    this.ownBranch = OwnBranch.name(job, inputs);
  }

  private static Optional<CommitText.Move> move(
      Assignment each, List<CommitText.Move> some, Judge judge) throws JobException {
    for (CommitText.Move move : some) {
      if (move.input().equals(each.job().input())) {
        return Optional.of(move);
      }
    }
    try {
      Verdict verdict = judge.of(each);
      return verdict.kind().isEmpty()
          ? Optional.of(new CommitText.Move(verdict.assignment(), verdict.locked()))
          : Optional.empty();
    } catch (PermanentException e) {
      return Optional.empty(); // its own job says why
    }
  }

  /** Makes what is missing of commit, branch and pull request. */
  @Override
  public Publication publish(Steps steps) throws JobException {
    try (Proposals pulls = workshop.repositories().proposals(job)) {
      Optional<OpenProposal> open =
          steps.time("pull_request", () -> pulls.find(ownBranch, job.branch()));
      Optional<CommitObject> there = steps.time("fetch", () -> session.branch().own(ownBranch));
      if (there.isPresent() && !isOurs(there.get())) {
        throw otherCommits(pulls, open, there.get());
      }
      Optional<Revision> proposed = there.flatMap(PullRequest::locked);
      if (open.isPresent() && proposed.isPresent() && isBehind(proposed.get())) {
        return nothing(
            Outcome.Kind.SUPERSEDED,
            open.get(),
            "a pull request for a newer revision is open: " + proposed.get().hex());
      }
      LockCommit lockCommit = lockCommit();
      LockCommit.Made unpushed = lockCommit.make(steps);
      CommitObject made = session.branch().read(unpushed.id());
      boolean isThere = there.isPresent() && there.get().changesTheSame(made);
      CommitObject commit = isThere ? there.get() : made;
      Revision pushedAs = commit.id();
      if (!isThere) {
        PushResult result =
            steps.time(
                "push", () -> lockCommit.pushTo(ownBranch, there.map(CommitObject::id), unpushed));
        switch (result) {
          case PushResult.NotPushed why -> {
            return new Unpublished(why);
          }
          case PushResult.Pushed pushed -> pushedAs = pushed.commit();
        }
      }
      PullRequestText text = text(commit);
      ProposalStyle style = route().proposal();
      boolean isLabelled = open.isPresent() && open.get().labels().containsAll(style.labels());
      if (isThere && isLabelled && open.get().says(text.title(), text.body())) {
        return nothing(
            Outcome.Kind.UNCHANGED, open.get(), "a pull request for that revision is open already");
      }
      OpenProposal result = steps.time("pull_request", () -> publish(pulls, open, text));
      return new Published(
          Outcome.Kind.UPDATED,
          Optional.empty(),
          Optional.of(pushedAs),
          Optional.of(result.url()),
          new ProposalWishes(pulls, style, workshop.told(), job.target())
              .fulfil(result, commit.id()));
    }
  }

  private Route route() {
    return moves.getFirst().assignment().route();
  }

  /**
   * Ours have our trailers, and nobody amended them; a forge that signs has an address of its own.
   */
  private boolean isOurs(CommitObject commit) {
    return locked(commit).isPresent()
        && commit.parents().size() == 1
        && (commit.committer().equals(route().commit().author().email())
            || commit.committer().equals(SIGNED_BY_GITHUB));
  }

  private PermanentException otherCommits(
      Proposals pulls, Optional<OpenProposal> open, CommitObject there) throws JobException {
    String advice =
        "`%s` has a commit of somebody else, %s, and is not overwritten: merge it, or delete the"
                .formatted(ownBranch, there.id().abbreviated())
            + " branch so that the next release proposes its own";
    if (open.isPresent()) {
      pulls.comment(open.get(), "A newer release came in, but " + advice + ".");
    }
    return new PermanentException("the branch " + advice);
  }

  private static Published nothing(Outcome.Kind kind, OpenProposal open, String reason) {
    return new Published(
        kind, Optional.empty(), Optional.empty(), Optional.of(open.url()), Optional.of(reason));
  }

  /** What a commit says that it locks; empty if it is not one of ours. */
  private static Optional<Revision> locked(CommitObject commit) {
    return commit.trailer(CommitText.REVISION).flatMap(Revision::find);
  }

  private boolean isBehind(Revision proposed) throws JobException {
    for (CommitText.Move move : moves) {
      if (judge.isBehind(move.assignment(), proposed)) {
        return true;
      }
    }
    return false;
  }

  private LockCommit lockCommit() {
    return new LockCommit(workshop, session, judge, moves);
  }

  private PullRequestText text(CommitObject commit) throws JobException {
    SourceBranch source = judge.source(moves.getFirst().assignment());
    return PullRequestText.of(
        commit, moves, source, workshop.repositories().hosts(), ownBranch, judge);
  }

  private OpenProposal publish(Proposals pulls, Optional<OpenProposal> open, PullRequestText text)
      throws JobException {
    if (open.isEmpty()) {
      return pulls.create(ownBranch, job.branch(), text.title(), text.body());
    }
    OpenProposal old = open.get();
    return old.says(text.title(), text.body()) ? old : pulls.change(old, text.title(), text.body());
  }
}
