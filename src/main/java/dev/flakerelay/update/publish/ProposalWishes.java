package dev.flakerelay.update.publish;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.forge.OpenProposal;
import dev.flakerelay.forge.Proposals;
import dev.flakerelay.update.Told;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What a route wishes for its pull request besides title and body.
 *
 * @param told that a repository lets nothing be merged by itself is told once
 * @param target whose pull requests these are
 */
record ProposalWishes(Proposals pulls, ProposalStyle style, Told told, String target) {
  private interface Wish {
    void fulfil() throws JobException;
  }

  /**
   * Sees to labels, reviewers and the merge.
   *
   * @return what the forge refuses: the pull request is there all the same
   */
  Optional<String> fulfil(OpenProposal open, Revision head) throws JobException {
    StringJoiner refused = new StringJoiner("; ");
    List<String> missing =
        style.labels().stream().filter(each -> !open.labels().contains(each)).toList();
    if (!missing.isEmpty()) {
      attempt(() -> pulls.label(open, missing), refused);
    }
    if (!style.reviewers().isEmpty() || !style.teamReviewers().isEmpty()) {
      attempt(() -> pulls.requestReviews(open, style.reviewers(), style.teamReviewers()), refused);
    }
    if (style.autoMerge()) {
      StringJoiner merge = new StringJoiner("");
      attempt(() -> pulls.mergeWhenReady(open, head), merge);
      if (merge.length() > 0 && told.isNews("auto-merge of " + target)) {
        refused.add(merge.toString());
      }
    }
    return refused.length() == 0 ? Optional.empty() : Optional.of(refused.toString());
  }

  private static void attempt(Wish wish, StringJoiner refused) throws JobException {
    try {
      wish.fulfil();
    } catch (PermanentException e) {
      refused.add(e.getMessage());
    }
  }
}
