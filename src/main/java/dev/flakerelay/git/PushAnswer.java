package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.VisibleText;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.eclipse.jgit.transport.RemoteRefUpdate;

/**
 * What a server made of a push. JGit returns a refusal like any other result; only this says so.
 */
final class PushAnswer {
  /** How Git servers say that somebody else was faster, in the place where they give reasons. */
  private static final Pattern RACE =
      Pattern.compile(
          "cannot lock ref|failed to lock|failed to update ref|stale info|non-fast-forward"
              + "|fetch first|reference already exists|incorrect old value",
          Pattern.CASE_INSENSITIVE);

  private PushAnswer() {}

  /**
   * Whether the branch took the commit; false if the branch had moved.
   *
   * @param hide takes out of the server's words what may not be told
   */
  static boolean read(RemoteRefUpdate update, String serverMessages, UnaryOperator<String> hide)
      throws JobException {
    String reason = update.getMessage() == null ? "" : update.getMessage();
    String words = VisibleText.brief(hide.apply(reason + " " + serverMessages));
    return switch (update.getStatus()) {
      case OK, UP_TO_DATE -> true;
      case REJECTED_NONFASTFORWARD, REJECTED_REMOTE_CHANGED -> false;
      case REJECTED_OTHER_REASON -> {
        // Not in the messages: what a hook says there of protected branches sounds alike.
        if (RACE.matcher(reason).find()) {
          yield false;
        }
        throw new PermanentException(
            "the server refused the push to "
                + update.getRemoteName()
                + ": "
                + words
                + ": check branch protection and the token's permissions");
      }
      case REJECTED_NODELETE, NON_EXISTING ->
          throw new PermanentException(
              "the server has no " + update.getRemoteName() + " to push to: " + words);
      case NOT_ATTEMPTED, AWAITING_REPORT ->
          throw new RetryableException(
              "the push to " + update.getRemoteName() + " got no answer: " + words);
    };
  }
}
