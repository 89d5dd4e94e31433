package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;

/** Tells from what a server said whether trying again can help. */
final class GitFailure {
  /**
   * What JGit says for HTTP 401 and 403, and Git servers for a key or account without the right.
   */
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "not authorized|authentication is required|not permitted|auth fail|permission denied"
              + "|\\b40[13]\\b|cannot log in|no more authentication methods",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern RATE_LIMIT =
      Pattern.compile("rate limit|too many requests|\\b429\\b", Pattern.CASE_INSENSITIVE);

  private GitFailure() {}

  /** The failure of a job whose attempt ended with {@code cause}. */
  static JobException of(String attempt, Exception cause) {
    String said = words(cause);
    if (RATE_LIMIT.matcher(said).find()) {
      return new RetryableException(attempt + ": " + said, cause);
    }
    if (cause instanceof NoRemoteRepositoryException) {
      return new PermanentException(
          attempt + ": there is no such repository, or the token may not see it (" + said + ")",
          cause);
    }
    if (FORBIDDEN.matcher(said).find()) {
      return new PermanentException(
          attempt + ": the server refused (" + said + "): check secrets.git and its permissions",
          cause);
    }
    return new RetryableException(attempt + ": " + said, cause);
  }

  private static String words(Throwable failure) {
    StringBuilder words = new StringBuilder();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
      if (words.indexOf(message) < 0) {
        words.append(words.isEmpty() ? "" : ": ").append(message);
      }
    }
    return words.toString().strip();
  }
}
