package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryAfter;
import dev.flakerelay.RetryableException;
import dev.flakerelay.VisibleText;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.errors.TransportException;

/** Tells from what a server said whether trying again can help. */
final class GitFailure {
  /**
   * What JGit says for HTTP 401 and 403, and Git servers for a key or account without the right.
   */
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "not authorized|authentication is required|authentication not supported|not"
              + " permitted|auth fail|permission denied \\(|\\b40[13]\\b|cannot log in|no more"
              + " authentication methods",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern RATE_LIMIT =
      Pattern.compile("rate limit|too many requests|\\b429\\b", Pattern.CASE_INSENSITIVE);

  /** From a word's beginning only: a server's word may have 65,000 letters. */
  private static final Pattern URL = Pattern.compile("\\b\\w++://\\S+");

  private GitFailure() {}

  /**
   * The failure of a job whose attempt ended with {@code cause}.
   *
   * @param retryAfter how long the server asked to be left alone, if it did
   * @param hide takes out of the server's words what may not be told
   */
  static JobException of(
      String attempt, Exception cause, Optional<Duration> retryAfter, UnaryOperator<String> hide) {
    String all = hide.apply(words(cause));
    String said = VisibleText.brief(all);
    String judged = URL.matcher(all).replaceAll(""); // a port or a path may look like a status
    if (retryAfter.isPresent()) {
      return new RetryableException(attempt + ": " + said, cause, retryAfter.get());
    }
    if (RATE_LIMIT.matcher(judged).find()) {
      return new RetryableException(attempt + ": " + said, cause, RetryAfter.UNNAMED);
    }
    if (cause instanceof NoRemoteRepositoryException) {
      return new PermanentException(
          attempt + ": there is no such repository, or the token may not see it (" + said + ")",
          cause);
    }
    if (chain(cause).anyMatch(TooLargeObjectInPackException.class::isInstance)) {
      return new PermanentException(attempt + ": " + said, cause);
    }
    if (!isLocal(cause) && FORBIDDEN.matcher(judged).find()) {
      return new PermanentException(
          attempt + ": the server refused (" + said + "): check secrets.git and its permissions",
          cause);
    }
    return new RetryableException(attempt + ": " + said, cause);
  }

  /**
   * Whether this machine's own files are in the way. Its words sound like a server's: "Permission
   * denied". The JDK has no type of its own for a file that could not be made, nor for what a proxy
   * said.
   */
  private static boolean isLocal(Throwable failure) {
    return chain(failure)
        .anyMatch(
            t ->
                t instanceof FileSystemException
                    || t instanceof FileNotFoundException
                    || (t.getClass() == IOException.class
                        && !String.valueOf(t.getMessage()).contains("proxy")));
  }

  private static Stream<Throwable> chain(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
  }

  /**
   * Whether the network or the other side failed, so that nothing is wrong on this machine. JGit
   * wraps what it did not expect here into a {@link TransportException}, too: that is one with
   * another cause.
   */
  static boolean cameFromOutside(Exception failure) {
    if (failure instanceof PermanentException) {
      return true;
    }
    for (Throwable t = failure; t != null; t = t.getCause()) {
      boolean outside =
          t instanceof JobException
              || t instanceof TransportException
              || t instanceof SocketException
              || t instanceof UnknownHostException
              || t instanceof InterruptedIOException
              || t instanceof SSLException;
      if (!outside) {
        return false;
      }
    }
    return failure.getCause() != null;
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
