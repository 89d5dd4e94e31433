package dev.flakerelay.config;

import dev.flakerelay.config.name.RepositoryName;
import java.util.Optional;

/** A kind of delivery that a route waits for. */
public sealed interface Trigger {
  /** The repository that the delivery must speak of. */
  RepositoryName repository();

  /** The event's name, such as {@code push}: GitHub's, or ours where GitHub has none. */
  String event();

  /** Whether it may wait for a delivery of this event and repository. */
  default boolean concerns(String event, RepositoryName repository) {
    return event().equals(event) && repository().equals(repository);
  }

  /** What it waits for, in one line. */
  String summary();

  /** Whether its deliveries can name a version. */
  default boolean bringsVersion() {
    return false;
  }

  /**
   * GitHub's {@code repository_dispatch}.
   *
   * @param type the {@code event_type} that the sender chose ({@code action} in the delivery)
   */
  record RepositoryDispatch(RepositoryName repository, String type) implements Trigger {
    @Override
    public String event() {
      return "repository_dispatch";
    }

    @Override
    public String summary() {
      return event() + " " + type + " of " + repository;
    }

    @Override
    public boolean bringsVersion() {
      return true;
    }
  }

  /**
   * GitHub's {@code push}.
   *
   * @param branch the branch's short name
   * @param paths what it must touch; empty: anything
   */
  record Push(RepositoryName repository, String branch, Optional<PathFilter> paths)
      implements Trigger {
    /** A push that may touch anything. */
    public Push(RepositoryName repository, String branch) {
      this(repository, branch, Optional.empty());
    }

    /** Whether it waits for pushes to this branch. */
    public boolean isOf(RepositoryName pushedTo, String pushedBranch) {
      return repository.equals(pushedTo) && branch.equals(pushedBranch);
    }

    @Override
    public String event() {
      return "push";
    }

    @Override
    public String summary() {
      return event()
          + " to "
          + branch
          + " of "
          + repository
          + paths.map(filter -> " that touches " + filter).orElse("");
    }
  }

  /**
   * GitHub's {@code workflow_run}, completed and successful.
   *
   * @param workflow the workflow's name or the file name of its definition; empty: any
   * @param branch the branch it ran on; empty: any
   */
  record WorkflowRun(RepositoryName repository, Optional<String> workflow, Optional<String> branch)
      implements Trigger {
    @Override
    public String event() {
      return "workflow_run";
    }

    @Override
    public String summary() {
      return event()
          + workflow.map(name -> " " + name).orElse("")
          + branch.map(name -> " on " + name).orElse("")
          + " of "
          + repository;
    }
  }

  /**
   * A dispatch with an OIDC token of the repository's workflow.
   *
   * @param ref what the workflow must run for, such as {@code refs/heads/main}; empty: any
   */
  record Dispatch(RepositoryName repository, Optional<Glob> ref) implements Trigger {
    @Override
    public String event() {
      return "dispatch";
    }

    @Override
    public String summary() {
      return event() + ref.map(name -> " from " + name).orElse("") + " of " + repository;
    }

    @Override
    public boolean bringsVersion() {
      return true;
    }
  }

  /** GitHub's {@code release}, published. */
  record Release(RepositoryName repository) implements Trigger {
    @Override
    public String event() {
      return "release";
    }

    @Override
    public String summary() {
      return event() + " of " + repository;
    }

    @Override
    public boolean bringsVersion() {
      return true;
    }
  }
}
