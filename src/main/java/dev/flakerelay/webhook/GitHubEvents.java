package dev.flakerelay.webhook;

import dev.flakerelay.Revision;
import dev.flakerelay.config.RepositoryName;
import java.util.Locale;
import java.util.Optional;

/**
 * Understands GitHub's events (GitHub Docs, "Webhook events and payloads"). GitHub adds events and
 * actions all the time, so an unknown one is no error.
 */
final class GitHubEvents {
  private static final String REPOSITORY = "repository.full_name";
  private static final String HEAD_REPOSITORY = "workflow_run.head_repository.full_name";
  private static final String BRANCH = "refs/heads/";

  private GitHubEvents() {}

  /**
   * What a delivery comes to.
   *
   * @throws MalformedDeliveryException if a field that GitHub documents is missing or has another
   *     form
   */
  static Event read(Delivery delivery) throws MalformedDeliveryException {
    Payload payload = delivery.payload();
    return switch (delivery.event()) {
      case "ping" -> new Event.Ignored("ping");
      case "repository_dispatch" ->
          new Dispatch.Custom(payload.repository(REPOSITORY), payload.text("action"), payload);
      case "push" -> push(payload);
      case "workflow_run" -> workflowRun(payload);
      case "release" -> release(payload);
      default -> new Event.Ignored("no route can wait for the event " + delivery.event());
    };
  }

  private static Event push(Payload payload) throws MalformedDeliveryException {
    RepositoryName repository = payload.repository(REPOSITORY);
    String ref = payload.text("ref");
    Revision after = payload.revision("after");
    if (!ref.startsWith(BRANCH)) {
      return new Event.Ignored("a push of something that is not a branch");
    }
    if (payload.isTrue("deleted") || after.isNone()) {
      return new Event.Ignored("the branch was deleted");
    }
    return new Dispatch.Push(repository, ref.substring(BRANCH.length()), after);
  }

  /**
   * A run for a pull request proves nothing of the branch, and one from a fork runs a stranger's
   * code: its {@code head_sha} is the proposed commit, and its {@code head_branch} is whatever the
   * stranger called it, {@code main} included. GitHub always says both; a sender of one's own that
   * leaves them out speaks of its own branch. A fork that was deleted is {@code null}.
   *
   * <p>{@code workflow} may be {@code null}: then the run's own name and path count.
   */
  private static Event workflowRun(Payload payload) throws MalformedDeliveryException {
    RepositoryName repository = payload.repository(REPOSITORY);
    if (!payload.text("action").equals("completed")) {
      return new Event.Ignored("the workflow run is not completed");
    }
    if (!payload.optionalText("workflow_run.conclusion").equals(Optional.of("success"))) {
      return new Event.Ignored("the workflow run was not successful");
    }
    if (payload
        .optionalText("workflow_run.event")
        .filter(cause -> cause.startsWith("pull_request"))
        .isPresent()) {
      return new Event.Ignored("the workflow ran for a pull request");
    }
    if (payload.has("workflow_run.head_repository")
        && (payload.optionalText(HEAD_REPOSITORY).isEmpty()
            || !payload.repository(HEAD_REPOSITORY).equals(repository))) {
      return new Event.Ignored("the workflow ran on a fork's commit");
    }
    Optional<String> name = payload.optionalText("workflow_run.name");
    Optional<String> path = payload.optionalText("workflow_run.path");
    return new Dispatch.WorkflowRun(
        repository,
        payload.optionalText("workflow.name").or(() -> name),
        payload.optionalText("workflow.path").or(() -> path).map(GitHubEvents::fileName),
        payload.optionalText("workflow_run.head_branch"),
        payload.revision("workflow_run.head_sha"));
  }

  /** The last part of a workflow's path; a run's path may name the reference after an {@code @}. */
  private static String fileName(String path) {
    int reference = path.indexOf('@');
    String file = reference < 0 ? path : path.substring(0, reference);
    return file.substring(file.lastIndexOf('/') + 1);
  }

  /**
   * A release's payload has no commit of its own. {@code target_commitish} is where GitHub makes
   * the tag (GitHub Docs, "REST API endpoints for releases"): a commit if the releaser gave one,
   * else a branch, whose head may be another commit by now. GitHub does not look at it if the tag
   * was there before, so it is only as good as the releaser's word.
   */
  private static Event release(Payload payload) throws MalformedDeliveryException {
    RepositoryName repository = payload.repository(REPOSITORY);
    if (!payload.text("action").equals("published")) {
      return new Event.Ignored("the release was not published just now");
    }
    String tag = payload.text("release.tag_name");
    Optional<Revision> commit =
        payload.optionalText("release.target_commitish").flatMap(GitHubEvents::fullCommit);
    return new Dispatch.Release(repository, tag, commit);
  }

  private static Optional<Revision> fullCommit(String commitish) {
    return Revision.find(commitish.toLowerCase(Locale.ROOT)).filter(commit -> !commit.isNone());
  }
}
