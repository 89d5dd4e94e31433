package dev.flakerelay.forge;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
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

  @Override
  void close();
}
