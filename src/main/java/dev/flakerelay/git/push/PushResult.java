package dev.flakerelay.git.push;

import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;

/** What became of a push. */
public sealed interface PushResult {

  /**
   * The branch is at the commit.
   *
   * @param commit the one that the branch is at: who makes the commit on the server has another
   */
  record Pushed(Revision commit) implements PushResult {}

  /** The branch is where it was, or where somebody else moved it to. */
  sealed interface NotPushed extends PushResult {}

  /** Somebody else was faster: the branch is not any more where the commit was made. */
  record BranchMoved() implements NotPushed {}

  /**
   * The server does not take it, and will not take it later either.
   *
   * @param why with the server's words
   */
  record Refused(PermanentException why) implements NotPushed {}

  /**
   * The server failed, could not be reached, or said something that nobody knows to be a refusal.
   *
   * @param why with the server's words
   */
  record ServerInTrouble(RetryableException why) implements NotPushed {}
}
