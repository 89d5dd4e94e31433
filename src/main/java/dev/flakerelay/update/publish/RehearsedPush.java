package dev.flakerelay.update.publish;

import dev.flakerelay.JobException;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.update.Rehearsal;
import dev.flakerelay.update.Steps;
import java.util.Optional;

/** Makes and proves the lock, shows it, and pushes nothing. */
public final class RehearsedPush implements Publisher {
  private final LockCommit commit;
  private final Rehearsal rehearsal;

  /**
   * Makes this commit's lock.
   *
   * @param rehearsal is shown it
   */
  public RehearsedPush(LockCommit commit, Rehearsal rehearsal) {
    this.commit = commit;
    this.rehearsal = rehearsal;
  }

  @Override
  public Publication publish(Steps steps) throws JobException {
    rehearsal.made(commit.job(), commit.rehearse(steps));
    return new Published(
        Outcome.Kind.UPDATED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of("not pushed, as this was a rehearsal"));
  }
}
