package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.config.Publish;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.update.publish.CommitText;
import dev.flakerelay.update.publish.DirectPush;
import dev.flakerelay.update.publish.LockCommit;
import dev.flakerelay.update.publish.ObsoleteProposal;
import dev.flakerelay.update.publish.Publisher;
import dev.flakerelay.update.publish.PullRequest;
import dev.flakerelay.update.publish.RehearsedPush;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part of an update that is done on one head of the target's branch. */
final class HeadUpdate {
  private final Workshop tools;
  private final TargetSession session;
  private final Judge judge;
  private final PathGate paths;
  private final LastSeen seen;
  private final @Nullable Rehearsal rehearsal;
  private final Progress progress;

  HeadUpdate(
      Workshop tools,
      TargetSession session,
      Histories histories,
      LastSeen seen,
      @Nullable Rehearsal rehearsal,
      Progress progress) {
    this.tools = tools;
    this.session = session;
    this.judge = new Judge(session, histories);
    this.paths = new PathGate(tools.repositories(), progress.steps());
    this.seen = seen;
    this.rehearsal = rehearsal;
    this.progress = progress;
  }

  /**
   * Does what can be done, until a commit is pushed, or the branch has moved.
   *
   * @param pending not empty; is left without those whose commit can't be found
   */
  void run(List<Assignment> pending) throws JobException {
    for (Assignment each : pending) {
      judge.knownSource(each).ifPresent(source -> progress.comesFrom(each.job(), source));
    }
    findCommits(pending);
    List<Assignment> open = new ArrayList<>(pending);
    while (!open.isEmpty()) {
      List<Assignment> together = judge.newestFirst(open);
      open.removeAll(together);
      List<CommitText.Move> moves = new ArrayList<>();
      try (SideWork<Boolean> reading = SideWork.begin("flake.nix", () -> prepare(together))) {
        for (Assignment assignment : together) {
          decide(assignment).ifPresent(moves::add);
        }
        if (!moves.isEmpty()) {
          boolean ignored = reading.result(); // whether there was something to read
          publish(moves);
          return;
        }
      } catch (PermanentException e) {
        moves.forEach(move -> progress.judge(move.assignment().job(), move.previous(), e));
      }
    }
  }

  /**
   * Reads the target's flake.nix beside what is asked for its jobs, if it is likely needed, and
   * says whether it was.
   */
  private boolean prepare(List<Assignment> together) throws JobException {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (Assignment each : together) {
      Optional<Revision> locked = judge.locked(each);
      Revision requested = each.job().revision();
      if (locked.isPresent() && !locked.get().equals(requested)) {
        overrides.put(each.job().input(), session.lock().input(each.job().input()).at(requested));
      }
    }
    if (!overrides.isEmpty()) {
      Assignment first = together.getFirst();
      tools
          .engine(first.route().engine())
          .prepare(session.files(), first.job().directory(), overrides);
    }
    return !overrides.isEmpty();
  }

  /** Puts in the place of each job the one whose commit is known, and takes out what has none. */
  private void findCommits(List<Assignment> pending) throws JobException {
    for (ListIterator<Assignment> each = pending.listIterator(); each.hasNext(); ) {
      Assignment assignment = each.next();
      try {
        each.set(progress.learnt(assignment.job(), judge.withCommit(assignment)));
      } catch (PermanentException e) {
        progress.judge(assignment.job(), judge.locked(assignment), e);
        each.remove();
      }
    }
  }

  private Optional<CommitText.Move> decide(Assignment assignment) throws JobException {
    try {
      Optional<Revision> before = judge.locked(assignment);
      Optional<String> untouched = paths.ask(assignment, judge.source(assignment), before);
      if (untouched.isPresent()) {
        progress.end(Outcome.Kind.UNCHANGED, assignment.job(), before, Optional.empty(), untouched);
        return Optional.empty();
      }
      Verdict verdict = judge.of(assignment);
      Assignment known = progress.learnt(assignment.job(), verdict.assignment());
      if (verdict.kind().isEmpty() || (rehearsal != null && rehearsal.always())) {
        Optional<RetryableException> notYet =
            new CheckGate(tools.repositories()).ask(known, judge.source(known));
        if (notYet.isPresent()) {
          progress.later(known.job(), notYet.get());
          return Optional.empty();
        }
        return Optional.of(new CommitText.Move(known, verdict.locked()));
      }
      remember(known, verdict.locked());
      if (rehearsal == null && known.route().publish() == Publish.PULL_REQUEST) {
        new ObsoleteProposal(tools, session, judge).withdraw(known);
      }
      progress.end(
          verdict.kind().get(),
          known.job(),
          verdict.locked(),
          Optional.empty(),
          Optional.of(verdict.reason()));
    } catch (PermanentException e) {
      progress.judge(assignment.job(), judge.locked(assignment), e);
    }
    return Optional.empty();
  }

  private Publisher publisher(List<CommitText.Move> moves) throws JobException {
    LockCommit commit = new LockCommit(tools, session, judge, moves);
    if (rehearsal != null) {
      return new RehearsedPush(commit, rehearsal);
    }
    return switch (moves.getFirst().assignment().route().publish()) {
      case PUSH -> new DirectPush(commit);
      case PULL_REQUEST -> new PullRequest(tools, session, judge, moves);
    };
  }

  private void publish(List<CommitText.Move> moves) throws JobException {
    switch (publisher(moves).publish(progress.steps())) {
      case Publisher.Published made ->
          moves.forEach(
              move -> {
                remember(move.assignment(), made.locked().or(move::previous));
                progress.publish(move, made);
              });
      case Publisher.Unpublished(PushResult.Refused(PermanentException why)) -> throw why;
      case Publisher.Unpublished(PushResult.ServerInTrouble(RetryableException why)) -> throw why;
      case Publisher.Unpublished(PushResult.BranchMoved _) ->
          requireAnotherTry(moves.getFirst().assignment(), progress.countRace());
    }
  }

  private void remember(Assignment assignment, Optional<Revision> locked) {
    judge
        .knownSource(assignment)
        .ifPresent(source -> seen.put(assignment.job(), new LastSeen.Input(source, locked)));
  }

  /** A branch that moves all the time is left alone for a while. */
  private static void requireAnotherTry(Assignment assignment, int lost) throws RetryableException {
    if (lost >= assignment.route().pushAttempts()) {
      throw new RetryableException(
          "could not push to "
              + assignment.job().branch()
              + " of "
              + assignment.job().repository()
              + ": it moved "
              + lost
              + " times in a row while the lock was made; raise `push-attempts` or push less"
              + " often");
    }
  }
}
