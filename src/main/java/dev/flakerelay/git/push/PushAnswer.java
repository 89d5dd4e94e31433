package dev.flakerelay.git.push;

import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryAfter;
import dev.flakerelay.RetryableException;
import dev.flakerelay.VisibleText;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.eclipse.jgit.transport.RemoteRefUpdate;

/**
 * What a server says of one branch that was pushed to ("report-status" in Git's pack protocol).
 * JGit returns a refusal like any other result; only this says so.
 *
 * @param status JGit's verdict
 * @param reason what the server gives as its reason, on one line; empty if nothing
 * @param messages what it says besides, such as a hook's output
 */
record PushAnswer(RemoteRefUpdate.Status status, String reason, String messages) {
  /**
   * Reasons that stay: of Git itself and its settings, and of GitHub (GH001 to GH013, "repository
   * rule violations"), GitLab, Gitea, Gerrit ("prohibited by Gerrit") and Azure DevOps (TF402455).
   */
  private static final Pattern REFUSAL =
      Pattern.compile(
          "hook declined|declined|\\bGH0\\d\\d\\b|\\bTF\\d{6}\\b|protected|prohibited|rule"
              + " violation|not permitted|not"
              + " allowed|permission|forbidden|denied|denying|refus(?:ed|ing)|currently checked"
              + " out|funny ref|hidden ref|invalid ref|read[- ]only|archived|pull request",
          Pattern.CASE_INSENSITIVE);

  /** A forge's own hook declines as well when what it asks does not answer. */
  private static final Pattern TROUBLE =
      Pattern.compile(
          "internal (?:server |api )?(?:error|connection)|internal api|not"
              + " accessible|unreachable|unavailable|not available at this time|timed?"
              + " ?out|time-?out|HTTP(?:/\\S+)? 5\\d\\d|\\b50[0234] |no space left|out of"
              + " memory|maintenance|could not connect|connection (?:refused|reset)|fatal error in"
              + " commit_refs",
          Pattern.CASE_INSENSITIVE);

  /** GitHub's words, GitLab's ("Reject unsigned commits"), and Gitea's. */
  static final Pattern UNSIGNED =
      Pattern.compile(
          "verified signature|must be signed|not signed|unsigned|valid signature",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern RATE_LIMIT =
      Pattern.compile("rate limit|too many requests", Pattern.CASE_INSENSITIVE);

  /** Git's words for a branch that is named like a folder of this one, or the other way round. */
  private static final String IN_THE_WAY = "cannot create";

  /**
   * Reads an answer.
   *
   * @param hide takes out of the server's words what may not be told
   */
  static PushAnswer of(RemoteRefUpdate update, String messages, UnaryOperator<String> hide) {
    String reason = update.getMessage() == null ? "" : update.getMessage();
    return new PushAnswer(update.getStatus(), hide.apply(reason), hide.apply(messages));
  }

  /** Whether the branch has the commit. */
  boolean isTaken() {
    return status == RemoteRefUpdate.Status.OK || status == RemoteRefUpdate.Status.UP_TO_DATE;
  }

  /** Whether the server's first words, before anything was sent, named another head. */
  boolean isMoved() {
    return status == RemoteRefUpdate.Status.REJECTED_REMOTE_CHANGED;
  }

  /** Whether it is known that the server would say the same again. */
  boolean isRefusal() {
    return !TROUBLE.matcher(reason).find()
        && (REFUSAL.matcher(reason).find()
            || (reason.isEmpty() && REFUSAL.matcher(messages).find()))
        && !TROUBLE.matcher(messages).find();
  }

  /** The result of a push to a branch that has not moved. */
  PushResult.NotPushed failure(String ref) {
    String words = VisibleText.brief(reason + " " + messages);
    if (isRefusal() || isSetting()) {
      return new PushResult.Refused(
          new PermanentException(
              "the server refused the push to " + ref + ": " + words + advice(words)));
    }
    String said = "the server could not take the push to " + ref + ": " + told(words);
    return new PushResult.ServerInTrouble(
        RATE_LIMIT.matcher(words).find()
            ? new RetryableException(said, RetryAfter.UNNAMED)
            : new RetryableException(said));
  }

  /** Of GitHub's rules, the one that this program can follow. */
  private static String advice(String words) {
    return UNSIGNED.matcher(words).find()
        ? ": set commit.sign to ssh or to github"
        : ": check branch protection and the token's permissions";
  }

  /** {@code receive.denyNonFastForwards}: the branch did not move, so it is not a lost race. */
  private boolean isSetting() {
    return status == RemoteRefUpdate.Status.REJECTED_NONFASTFORWARD
        || reason.startsWith("non-fast-forward");
  }

  private static String told(String words) {
    if (words.isEmpty()) {
      return "it gave no reason";
    }
    return words.contains(IN_THE_WAY)
        ? words + ": rename or delete the branch that is in the way"
        : words;
  }
}
