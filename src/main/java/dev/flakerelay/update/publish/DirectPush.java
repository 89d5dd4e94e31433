package dev.flakerelay.update.publish;

import dev.flakerelay.JobException;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.update.Steps;
import java.util.Optional;

/** Pushes the commit to the target's own branch, without force. */
public final class DirectPush implements Publisher {
  private final LockCommit commit;

  /** Pushes this commit. */
  public DirectPush(LockCommit commit) {
    this.commit = commit;
  }

  @Override
  public Publication publish(Steps steps) throws JobException {
    LockCommit.Made made = commit.make(steps);
    PushResult result = steps.time("push", () -> commit.push(made));
    return switch (result) {
      case PushResult.Pushed pushed ->
          new Published(
              Outcome.Kind.UPDATED,
              Optional.of(commit.revision()),
              Optional.of(pushed.commit()),
              Optional.empty(),
              Optional.empty());
      case PushResult.NotPushed why -> new Unpublished(why);
    };
  }
}
