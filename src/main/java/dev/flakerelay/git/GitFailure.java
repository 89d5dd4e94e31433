package dev.flakerelay.git;

import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryAfter;
import dev.flakerelay.RetryableException;
import dev.flakerelay.VisibleText;
import dev.flakerelay.net.ConnectionFailure;
import dev.flakerelay.net.ErrorAnswer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Arrays;
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
public final class GitFailure {
  /**
   * What Git servers say over ssh, and what JGit says for an account, a key or a proxy without the
   * right.
   */
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "not authorized|authentication is required|authentication not supported|not"
              + " permitted|auth fail|permission denied \\(|permission to \\S+ denied|access to"
              + " repository not granted|not allowed to|read[- ]only|archived|\\bSAML\\b|account is"
              + " suspended|access denied|\\b40[13]\\b|cannot log in|no more authentication"
              + " methods",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern RATE_LIMIT =
      Pattern.compile("rate limit|too many requests|\\b429\\b", Pattern.CASE_INSENSITIVE);

  /** From a word's beginning only: a server's word may have 65,000 letters. */
  private static final Pattern URL = Pattern.compile("\\b\\w++://\\S+");

  private GitFailure() {}

  /**
   * The failure of a job whose attempt ended with {@code cause}.
   *
   * @param server the host, for people
   * @param answer the HTTP answer that it ended with, if there was one that told of a failure
   * @param heard what the server said beside the conversation, as it does over ssh
   * @param setting the key in relay.yaml that opens the repository
   * @param hide takes out of the server's words what may not be told
   */
  static JobException of(
      String attempt,
      String server,
      Exception cause,
      Optional<ErrorAnswer> answer,
      Optional<String> heard,
      String setting,
      UnaryOperator<String> hide) {
    String own = ConnectionFailure.words(cause, server).orElseGet(() -> words(cause, heard));
    String all = hide.apply(answer.map(ErrorAnswer::said).orElse(own));
    String said = VisibleText.brief(all);
    Optional<Duration> wait = answer.flatMap(ErrorAnswer::retryAfter);
    if (wait.isPresent()) {
      return new RetryableException(attempt + ": " + said, cause, wait.get());
    }
    String judged = URL.matcher(all).replaceAll(""); // a port or a path may look like a status
    if (answer.isEmpty() && RATE_LIMIT.matcher(judged).find()) {
      return new RetryableException(attempt + ": " + said, cause, RetryAfter.UNNAMED);
    }
    if (cause instanceof NoRemoteRepositoryException || isStatus(answer, 404, 410)) {
      return new NotThereException(
          attempt + ": there is no such repository, or the token may not see it (" + said + ")",
          cause);
    }
    if (chain(cause).anyMatch(TooLargeObjectInPackException.class::isInstance)) {
      return new PermanentException(attempt + ": " + said, cause);
    }
    boolean refused =
        answer.isPresent()
            ? isStatus(answer, 401, 403, 451)
            : !isLocal(cause) && FORBIDDEN.matcher(judged).find();
    return refused
        ? new PermanentException(
            attempt
                + ": the server refused ("
                + said
                + "): check "
                + setting
                + " and its permissions",
            cause)
        : new RetryableException(attempt + ": " + said, cause);
  }

  private static boolean isStatus(Optional<ErrorAnswer> answer, int... wanted) {
    return answer.isPresent()
        && Arrays.stream(wanted).anyMatch(status -> status == answer.get().status());
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
  public static boolean cameFromOutside(Exception failure) {
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

  /** The messages of a failure and its causes; a class's name says nothing to a user. */
  private static String words(Throwable failure, Optional<String> heard) {
    StringBuilder words = new StringBuilder();
    Stream<String> own = chain(failure).filter(t -> t.getMessage() != null).map(FailureText::of);
    Stream.concat(own, heard.stream())
        .filter(message -> words.indexOf(message) < 0)
        .forEach(message -> words.append(words.isEmpty() ? "" : ": ").append(message));
    return words.isEmpty() ? "the connection broke off" : words.toString().strip();
  }
}
