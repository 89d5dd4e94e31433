package dev.flakerelay.forge;

import dev.flakerelay.Revision;
import dev.flakerelay.git.CommitDraft;
import dev.flakerelay.git.push.PushResult;
import java.util.Optional;

/** Commits that a forge makes itself, and signs: no key is needed to have them verified. */
public interface CommitApi extends AutoCloseable {
  /**
   * Makes a commit on a branch, without force.
   *
   * @param branch must still be at the draft's parent
   */
  PushResult push(CommitDraft draft, String branch);

  /**
   * Makes a commit on a branch that belongs to this program alone, whatever it is at.
   *
   * @param before where it was seen last; empty if there was none
   */
  PushResult pushTo(String ownBranch, Optional<Revision> before, CommitDraft draft);

  @Override
  void close();
}
