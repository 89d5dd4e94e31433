package dev.flakerelay.forge;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import java.util.Optional;

/**
 * One repository on a forge, as the forge's API shows it. What Git tells as well is asked of Git
 * where the API fails; what only the API can do fails with it.
 */
public interface Forge {
  /**
   * The newest commit of a branch.
   *
   * @param branch a short name; empty for the repository's default branch
   * @throws JobException if the forge refuses, could not be asked, or wants to be asked later
   */
  Revision head(Optional<String> branch) throws JobException;

  /** The history of a branch, as the forge compares commits. */
  BranchComparison compare(Optional<String> branch);

  /** What makes commits there; empty if the forge signs none. */
  default Optional<CommitApi> commits() {
    return Optional.empty();
  }

  /**
   * Whether a branch has a rule by which it takes commits with verified signatures only.
   *
   * @param branch a short name
   */
  default boolean takesOnlySigned(String branch) throws JobException {
    return false;
  }

  /** What was proposed to be merged in the repository: pull requests, merge requests. */
  Proposals proposals();

  /** What the forge shows beside the repository's commits. */
  Statuses statuses();
}
