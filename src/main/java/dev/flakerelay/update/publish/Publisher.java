package dev.flakerelay.update.publish;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.update.Steps;
import java.util.Optional;

/** Makes a lock, and brings it to where its route wants it. */
public interface Publisher {
  /**
   * Does so.
   *
   * @param steps is told how long each part took
   * @throws JobException if there is no lock to publish, or a forge refuses or fails
   */
  Publication publish(Steps steps) throws JobException;

  /** How it ended. */
  sealed interface Publication {}

  /**
   * It is where it belongs.
   *
   * @param kind updated, unchanged or superseded
   * @param locked what the target's branch locks now; empty if that is what it locked before
   * @param commit the commit, if one was made
   * @param pullRequest the page of the pull request, if there is one
   * @param reason why nothing was made
   */
  record Published(
      Outcome.Kind kind,
      Optional<Revision> locked,
      Optional<Revision> commit,
      Optional<String> pullRequest,
      Optional<String> reason)
      implements Publication {}

  /** It was made, and the push did not succeed. */
  record Unpublished(PushResult.NotPushed why) implements Publication {}
}
