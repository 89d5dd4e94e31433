package dev.flakerelay.update.publish;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.OpenProposal;
import dev.flakerelay.forge.Proposals;
import dev.flakerelay.git.CommitObject;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Assignment;
import dev.flakerelay.update.Judge;
import dev.flakerelay.update.TargetSession;
import dev.flakerelay.update.Workshop;
import java.util.List;
import java.util.Optional;

/** A pull request for what the target's branch locks already by another way. */
public record ObsoleteProposal(Workshop workshop, TargetSession session, Judge judge) {
  /**
   * Closes the pull request of a job's inputs with a sentence, if the branch has all that it
   * proposes. What fails is left for the next time: the lock is right.
   */
  public void withdraw(Assignment assignment) {
    Job job = assignment.job();
    List<Assignment> all = assignment.ofSameDispatch();
    String ownBranch = OwnBranch.name(job, all.stream().map(each -> each.job().input()).toList());
    try (Proposals pulls = workshop.repositories().proposals(job)) {
      Optional<OpenProposal> open = pulls.find(ownBranch, job.branch());
      if (open.isEmpty()) {
        return;
      }
      Optional<Revision> proposed =
          session
              .branch()
              .own(ownBranch)
              .flatMap((CommitObject commit) -> commit.trailer(CommitText.REVISION))
              .flatMap(Revision::find);
      if (proposed.isPresent()
          && all.stream().allMatch(each -> judge.lockedFor(each).equals(proposed))) {
        pulls.comment(
            open.get(), "`" + job.branch() + "` locks `" + proposed.get().hex() + "` already.");
        pulls.withdraw(open.get());
      }
    } catch (JobException e) {
      // The next job that has nothing to do looks again.
    }
  }
}
