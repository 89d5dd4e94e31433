package dev.flakerelay.outcome;

import dev.flakerelay.ForgeHosts;
import dev.flakerelay.VisibleText;
import dev.flakerelay.forge.CommitStatus;
import dev.flakerelay.queue.Job;
import java.util.Optional;

/**
 * What a commit status says of a job.
 *
 * @param forges says whose pages are known
 */
record StatusText(ForgeHosts forges) {
  /** Characters that GitHub takes. */
  private static final int LONGEST = 140;

  /** The status of a job that is queued. */
  CommitStatus queued(Job job) {
    return new CommitStatus(
        CommitStatus.State.PENDING,
        context(job),
        brief(subject(job) + " is about to lock this commit."),
        forges.known(job.flake().repository()).map(ForgeHosts.Place::page));
  }

  /** The status of a job that has ended. */
  CommitStatus ended(Outcome outcome) {
    return new CommitStatus(
        state(outcome.kind()), context(outcome.job()), brief(sentence(outcome)), target(outcome));
  }

  private static CommitStatus.State state(Outcome.Kind kind) {
    return switch (kind) {
      case UPDATED, UNCHANGED, SUPERSEDED -> CommitStatus.State.SUCCESS;
      case REJECTED -> CommitStatus.State.FAILURE;
      case FAILED -> CommitStatus.State.ERROR;
    };
  }

  /** Whose the statuses of a job are. */
  static String context(Job job) {
    return "flake-relay/" + job.route();
  }

  private static String sentence(Outcome outcome) {
    String subject = subject(outcome.job());
    String reason = outcome.reason().orElse("");
    return switch (outcome.kind()) {
      case UPDATED ->
          outcome.pullRequest().isPresent()
              ? "A pull request to " + subject + " proposes this commit."
              : subject + " locks this commit now.";
      case UNCHANGED -> unchanged(outcome, subject, reason);
      case SUPERSEDED -> subject + " is at a newer commit: " + reason;
      case REJECTED -> subject + " was not updated: " + reason;
      case FAILED -> subject + " could not be updated: " + reason;
    };
  }

  private static String unchanged(Outcome outcome, String subject, String reason) {
    if (outcome.pullRequest().isPresent()) {
      return "A pull request to " + subject + " proposes this commit already.";
    }
    return outcome.locked().equals(Optional.of(outcome.job().revision()))
        ? subject + " locks this commit already."
        : subject + " stays as it is: " + reason;
  }

  private static String subject(Job job) {
    return ForgeHosts.place(job.flake().repository())
        .map(place -> place.owner() + "/" + place.name())
        .orElse(job.flake().repository());
  }

  private Optional<String> target(Outcome outcome) {
    if (outcome.pullRequest().isPresent()) {
      return outcome.pullRequest();
    }
    Optional<ForgeHosts.Place> place = forges.known(outcome.job().flake().repository());
    return outcome.commit().isPresent()
        ? place.map(found -> found.commit(outcome.commit().get()))
        : place.map(ForgeHosts.Place::page);
  }

  /** One line that fits. */
  static String brief(String text) {
    String line = VisibleText.brief(text);
    return line.length() <= LONGEST ? line : VisibleText.of(line.substring(0, LONGEST - 1)) + "…";
  }
}
