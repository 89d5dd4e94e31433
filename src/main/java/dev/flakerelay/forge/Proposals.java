package dev.flakerelay.forge;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import java.util.List;
import java.util.Optional;

/**
 * The proposals of one repository to merge one of its branches into another.
 *
 * <p>Every method throws a {@link PermanentException} with the forge's own words if it refuses, and
 * a {@link RetryableException} if it could not be asked, failed, or wants to be asked later.
 */
public interface Proposals extends AutoCloseable {
  /**
   * The open proposal from one branch to another; there is one at most.
   *
   * @param head a branch of the same repository, a short name
   * @param base the branch that it is to be merged into
   */
  Optional<OpenProposal> find(String head, String base) throws JobException;

  /**
   * Opens one.
   *
   * @param head a branch of the same repository, a short name
   * @param base the branch that it is to be merged into
   */
  OpenProposal create(String head, String base, String title, String body) throws JobException;

  /** Gives one another title and body. */
  OpenProposal change(OpenProposal old, String title, String body) throws JobException;

  /** Gives it labels besides those that it has; one that the repository does not have is made. */
  void label(OpenProposal open, List<String> labels) throws JobException;

  /**
   * Asks for reviews.
   *
   * @param teams of the repository's organization, by their short names
   */
  void requestReviews(OpenProposal open, List<String> accounts, List<String> teams)
      throws JobException;

  /**
   * Has the forge merge it once all is there that the branch requires, if it is still at {@code
   * head}.
   */
  void mergeWhenReady(OpenProposal open, Revision head) throws JobException;

  /** Writes a comment, unless there is one with the same text among the newest 100. */
  void comment(OpenProposal open, String text) throws JobException;

  /** Closes it without merging. */
  void withdraw(OpenProposal open) throws JobException;

  @Override
  void close();
}
