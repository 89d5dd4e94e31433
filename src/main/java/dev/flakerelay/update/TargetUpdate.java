package dev.flakerelay.update;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.config.Config;
import dev.flakerelay.git.PushResult;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.update.publish.CommitText;
import dev.flakerelay.update.publish.DirectPush;
import dev.flakerelay.update.publish.LockCommit;
import dev.flakerelay.update.publish.Publisher;
import dev.flakerelay.update.publish.PullRequest;
import dev.flakerelay.update.publish.RehearsedPush;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings one target up to date with all jobs that ask for it, one commit for each dispatch. Of
 * several jobs for one input the newest is done first, and the others find that there is nothing
 * left to do; should the newest be impossible, the next newest has its turn.
 */
public final class TargetUpdate {
  private final Config config;
  private final Workshop workshop;
  private final @Nullable Rehearsal rehearsal;

  /** Updates targets as the configuration says. */
  public TargetUpdate(Config config, Workshop workshop) {
    this(config, workshop, null);
  }

  /**
   * The same without a push.
   *
   * @param rehearsal is shown what would be pushed; null: it is pushed
   */
  public TargetUpdate(Config config, Workshop workshop, @Nullable Rehearsal rehearsal) {
    this.config = config;
    this.workshop = workshop;
    this.rehearsal = rehearsal;
  }

  /**
   * Does jobs of one target.
   *
   * @param jobs all of the same repository, branch and directory, in the order of the queue
   * @return one result for each job
   */
  public List<Result> run(List<Job> jobs) {
    return run(jobs, Instant.MAX);
  }

  /**
   * The same where time is short.
   *
   * @param until nothing is begun that may take longer; its jobs must be tried again
   */
  public List<Result> run(List<Job> jobs, Instant until) {
    if (!workshop.hasTimeBefore(until)) {
      Progress progress = new Progress(jobs);
      progress.tryAgain(new RetryableException("there was no time left for it in this invocation"));
      return progress.results();
    }
    return run(jobs, Deadline.in(workshop.longest()));
  }

  /** The same within so much time; what it does not suffice for must be tried again. */
  List<Result> run(List<Job> jobs, Deadline deadline) {
    Workshop tools = workshop.within(deadline);
    Repositories repositories = tools.repositories();
    Progress progress = new Progress(jobs);
    List<Assignment> pending = new ArrayList<>();
    for (Job job : jobs) {
      try {
        pending.add(Assignment.of(config, job));
      } catch (PermanentException e) {
        progress.reject(job, Optional.empty(), e);
      }
    }
    try (Histories histories = new Histories(repositories, progress.steps())) {
      List<Secret> secret = repositories.secret();
      if (!secret.isEmpty()) {
        tools.nix().prepareForToken();
      }
      while (!pending.isEmpty()) {
        if (deadline.isOver()) {
          throw new RetryableException("the time that one job may take was over before");
        }
        try (TargetSession session =
            progress
                .steps()
                .time("fetch", () -> TargetSession.open(repositories, jobs.getFirst()))) {
          Judge judge = new Judge(session, histories);
          findCommits(judge, pending, progress);
          onHead(tools, session, judge, pending, progress);
        } catch (PermanentException e) {
          pending.forEach(each -> progress.reject(each.job(), Optional.empty(), e));
        }
        pending.removeIf(each -> progress.isDone(each.job()));
      }
      // A secret is kept for minutes: who takes the old token away as soon as there is a new one
      // would lose what comes in meanwhile.
      if (progress.hasRejected() && repositories.hasAnotherSecretThan(secret)) {
        progress.tryRejectedAgain("; meanwhile secrets.git was replaced");
      }
    } catch (RetryableException e) {
      progress.tryAgain(e);
    } catch (JobException | RuntimeException | Error e) {
      // Even an error of the machine: what is not told here would end without an outcome.
      progress.tryAgain(MachineFailure.of(e));
    }
    return progress.results();
  }

  /** Puts in the place of each job the one whose commit is known, and takes out what has none. */
  private static void findCommits(Judge judge, List<Assignment> pending, Progress progress)
      throws JobException {
    for (ListIterator<Assignment> each = pending.listIterator(); each.hasNext(); ) {
      Assignment assignment = each.next();
      try {
        each.set(progress.learnt(assignment.job(), judge.withCommit(assignment)));
      } catch (PermanentException e) {
        progress.reject(assignment.job(), judge.locked(assignment), e);
        each.remove();
      }
    }
  }

  /**
   * Does what can be done on one head of the branch: until a commit is pushed, or the branch has
   * moved.
   */
  private void onHead(
      Workshop tools,
      TargetSession session,
      Judge judge,
      List<Assignment> pending,
      Progress progress)
      throws JobException {
    List<Assignment> open = new ArrayList<>(pending);
    while (!open.isEmpty()) {
      List<Assignment> together = judge.newestFirst(open);
      open.removeAll(together);
      List<CommitText.Move> moves = new ArrayList<>();
      for (Assignment assignment : together) {
        decide(judge, assignment, progress).ifPresent(moves::add);
      }
      if (!moves.isEmpty()) {
        try {
          publish(publisher(tools, session, judge, moves), moves, progress);
          return;
        } catch (PermanentException e) {
          moves.forEach(move -> progress.reject(move.assignment().job(), move.previous(), e));
        }
      }
    }
  }

  private Optional<CommitText.Move> decide(Judge judge, Assignment assignment, Progress progress)
      throws JobException {
    try {
      Judge.Verdict verdict = judge.of(assignment);
      Assignment known = progress.learnt(assignment.job(), verdict.assignment());
      if (verdict.kind().isEmpty() || (rehearsal != null && rehearsal.always())) {
        return Optional.of(new CommitText.Move(known, verdict.locked()));
      }
      progress.end(
          verdict.kind().get(),
          known.job(),
          verdict.locked(),
          Optional.empty(),
          Optional.of(verdict.reason()));
    } catch (PermanentException e) {
      progress.reject(assignment.job(), judge.locked(assignment), e);
    }
    return Optional.empty();
  }

  private Publisher publisher(
      Workshop tools, TargetSession session, Judge judge, List<CommitText.Move> moves)
      throws JobException {
    LockCommit commit = new LockCommit(tools, session, judge, moves);
    if (rehearsal != null) {
      return new RehearsedPush(commit, rehearsal);
    }
    return switch (moves.getFirst().assignment().route().publish()) {
      case PUSH -> new DirectPush(commit);
      case PULL_REQUEST -> new PullRequest(tools, session, judge, moves);
    };
  }

  private static void publish(Publisher publisher, List<CommitText.Move> moves, Progress progress)
      throws JobException {
    switch (publisher.publish(progress.steps())) {
      case Publisher.Published made -> moves.forEach(move -> progress.publish(move, made));
      case Publisher.Unpublished(PushResult.Refused(PermanentException why)) -> throw why;
      case Publisher.Unpublished(PushResult.ServerInTrouble(RetryableException why)) -> throw why;
      case Publisher.Unpublished(PushResult.BranchMoved _) ->
          requireAnotherTry(moves.getFirst().assignment(), progress.countRace());
    }
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
