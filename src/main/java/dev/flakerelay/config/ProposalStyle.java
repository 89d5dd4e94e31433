package dev.flakerelay.config;

import java.util.List;

/**
 * How a pull request looks, and who is asked to look at it.
 *
 * @param labels labels that it gets
 * @param reviewers accounts that are asked for a review
 * @param teamReviewers teams of the repository's organization, by their short names
 * @param autoMerge whether it is merged by the forge once all that the branch requires is there
 */
public record ProposalStyle(
    List<String> labels, List<String> reviewers, List<String> teamReviewers, boolean autoMerge) {
  /** What dashboards find dependency updates by, and nobody is asked. */
  public static final ProposalStyle DEFAULT =
      new ProposalStyle(List.of("dependencies"), List.of(), List.of(), false);
}
