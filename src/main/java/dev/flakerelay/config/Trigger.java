package dev.flakerelay.config;

import java.util.Optional;

/** A kind of delivery that a route waits for. */
public sealed interface Trigger {
  /** The repository that the delivery must speak of. */
  RepositoryName repository();

  /**
   * GitHub's {@code repository_dispatch}.
   *
   * @param type the {@code event_type} that the sender chose ({@code action} in the delivery)
   */
  record RepositoryDispatch(RepositoryName repository, String type) implements Trigger {}

  /**
   * GitHub's {@code push}.
   *
   * @param branch the branch's short name
   */
  record Push(RepositoryName repository, String branch) implements Trigger {}

  /**
   * GitHub's {@code workflow_run}, completed and successful.
   *
   * @param workflow the workflow's name or the file name of its definition; empty: any
   * @param branch the branch it ran on; empty: any
   */
  record WorkflowRun(RepositoryName repository, Optional<String> workflow, Optional<String> branch)
      implements Trigger {}

  /** GitHub's {@code release}, published. */
  record Release(RepositoryName repository) implements Trigger {}
}
