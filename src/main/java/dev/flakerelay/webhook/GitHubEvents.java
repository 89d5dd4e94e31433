package dev.flakerelay.webhook;

import dev.flakerelay.Version;
import dev.flakerelay.VisibleText;
import dev.flakerelay.config.name.RepositoryName;
import java.util.Optional;
import java.util.Set;

/**
 * Understands GitHub's events (GitHub Docs, "Webhook events and payloads"). GitHub adds events and
 * actions all the time, so an unknown one is no error.
 */
final class GitHubEvents {
  private static final String HEAD_REPOSITORY = "workflow_run.head_repository.full_name";
  private static final String BRANCH = "refs/heads/";

  /** Where GitHub keeps the branches of a merge queue; their commits may never get further. */
  private static final String MERGE_QUEUE = "gh-readonly-queue/";

  /** What a run may be caused by to speak of its branch: a push, a schedule, a person. */
  private static final Set<String> OWN_CAUSES = Set.of("push", "schedule", "workflow_dispatch");

  private GitHubEvents() {}

  /**
   * What a delivery of an event that a route can wait for comes to.
   *
   * @param repository that the delivery speaks of
   * @throws MalformedDeliveryException if a field that GitHub documents is missing or has another
   *     form
   */
  static Event read(String event, RepositoryName repository, Payload payload)
      throws MalformedDeliveryException {
    return switch (event) {
      case "repository_dispatch" ->
          new Dispatch.Custom(repository, payload.text("action"), payload);
      case "push" -> push(repository, payload);
      case "workflow_run" -> workflowRun(repository, payload);
      case "release" -> release(repository, payload);
      default -> new Event.Ignored("the event " + event);
    };
  }

  private static Event push(RepositoryName repository, Payload payload)
      throws MalformedDeliveryException {
    String ref = payload.text("ref");
    if (!ref.startsWith(BRANCH)) {
      return new Event.Ignored("a push of something that is not a branch");
    }
    if (payload.isTrue("deleted") || payload.isNoCommit("after")) {
      return new Event.Ignored("the branch was deleted");
    }
    return new Dispatch.Push(repository, ref.substring(BRANCH.length()), payload);
  }

  /**
   * A run for a pull request or in a merge queue proves nothing of the branch, and one from a fork
   * runs a stranger's code: its {@code head_sha} is the proposed commit, and its {@code
   * head_branch} is whatever the stranger called it, {@code main} included. GitHub always says
   * both; a sender of one's own that leaves them out speaks of its own branch. A fork that was
   * deleted is {@code null}.
   *
   * <p>{@code workflow} may be {@code null}: then the run's own name and path count.
   */
  private static Event workflowRun(RepositoryName repository, Payload payload)
      throws MalformedDeliveryException {
    if (!payload.text("action").equals("completed")) {
      return new Event.Ignored("the workflow run is not completed");
    }
    if (!payload.optionalText("workflow_run.conclusion").equals(Optional.of("success"))) {
      return new Event.Ignored("the workflow run was not successful");
    }
    Optional<String> branch = payload.optionalText("workflow_run.head_branch");
    Optional<String> cause = payload.optionalText("workflow_run.event");
    if (cause.isPresent() && !OWN_CAUSES.contains(cause.get())) {
      return new Event.Ignored(
          "the workflow ran for "
              + VisibleText.brief(cause.get())
              + ", not for a push, a schedule or by hand");
    }
    if (branch.isPresent() && branch.get().startsWith(MERGE_QUEUE)) {
      return new Event.Ignored("the workflow ran in a merge queue");
    }
    if (payload.has("workflow_run.head_repository")
        && (payload.optionalText(HEAD_REPOSITORY).isEmpty()
            || !payload.repository(HEAD_REPOSITORY).equals(Optional.of(repository)))) {
      return new Event.Ignored("the workflow ran on a fork's commit");
    }
    Optional<String> name = payload.optionalText("workflow_run.name");
    Optional<String> path = payload.optionalText("workflow_run.path");
    return new Dispatch.WorkflowRun(
        repository,
        payload.optionalText("workflow.name").or(() -> name),
        payload.optionalText("workflow.path").or(() -> path).map(GitHubEvents::fileName),
        branch,
        payload);
  }

  /** The last part of a workflow's path; a run's path may name the reference after an {@code @}. */
  private static String fileName(String path) {
    int reference = path.indexOf('@');
    String file = reference < 0 ? path : path.substring(0, reference);
    return file.substring(file.lastIndexOf('/') + 1);
  }

  /**
   * A release's payload names its tag, and no commit. {@code target_commitish} is where GitHub
   * makes the tag if there is none yet (GitHub Docs, "REST API endpoints for releases"): a branch,
   * nearly always, whose head may be another commit by now, or a commit that an existing tag may
   * not lead to. So nobody but the source's Git server knows what was released.
   */
  private static Event release(RepositoryName repository, Payload payload)
      throws MalformedDeliveryException {
    if (!payload.text("action").equals("published")) {
      return new Event.Ignored("the release was not published just now");
    }
    String tag = payload.text("release.tag_name");
    if (tag.length() > Version.LONGEST_TAG) {
      throw new MalformedDeliveryException("release.tag_name is longer than any tag's name");
    }
    return new Dispatch.Release(repository, tag);
  }
}
