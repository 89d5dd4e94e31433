package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.support.Reasons;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.URIish;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitFailureTest {
  private static JobException failure(Exception cause) {
    JobException failure =
        GitFailure.of(
            "could not fetch",
            "h",
            cause,
            Optional.empty(),
            Optional.empty(),
            "secrets.git",
            UnaryOperator.identity());
    Reasons.plain(failure.getMessage());
    return failure;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://h/r.git: not authorized",
        "https://h/r.git: Authentication is required but no CredentialsProvider has been"
            + " registered",
        "https://h/r.git: authentication not supported",
        "https://h/r.git: git-receive-pack not permitted on 'https://h/r.git/'",
        "https://h/r.git: 403 Forbidden",
        "ssh://git@h/r: Auth fail",
        "ssh://git@h/r: Permission denied (publickey)",
        "git@h:r: Cannot log in at h:22"
      })
  void aRefusalIsFinal(String words) {
    assertThat(failure(new TransportException(words)))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("check secrets.git and its permissions");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://h/r.git: 500 Internal Server Error",
        "https://h/r.git: 429 Too Many Requests",
        "https://h/r.git: 403 rate limit exceeded",
        "http://h:403/r.git: 502 Bad Gateway",
        "https://h/401/403.git: 503 Service Unavailable",
        "something that nobody has seen before"
      })
  void anythingElseMayPass(String words) {
    assertThat(failure(new TransportException(words)))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining(words);
  }

  /** It was taken for the server's refusal once: the job was rejected for a folder's owner. */
  @Test
  void whatMayNotBeWrittenHereIsNotTheServersRefusal() {
    for (IOException cause :
        new IOException[] {
          new IOException("Permission denied"),
          new IOException("Operation not permitted"),
          new FileNotFoundException("/d/objects/incoming_1.pack (Permission denied)"),
          new AccessDeniedException("/d/403/objects", null, "Operation not permitted"),
        }) {
      JobException failure = failure(new TransportException(cause.getMessage(), cause));

      assertThat(failure)
          .isInstanceOf(RetryableException.class)
          .hasMessageNotContaining("the server refused");
      assertThat(GitFailure.cameFromOutside(failure)).isFalse();
    }
  }

  @Test
  void aProxysRefusalIsFinal() {
    var proxy =
        new IOException("Unable to tunnel through proxy. Proxy returns \"HTTP/1.1 403 Forbidden\"");

    assertThat(failure(new TransportException("https://h/r.git: " + proxy.getMessage(), proxy)))
        .isInstanceOf(PermanentException.class);
  }

  @Test
  void ofAServersManyWordsTheFirstAreTold() {
    assertThat(failure(new TransportException("remote: " + "x".repeat(65_000))).getMessage())
        .hasSizeLessThan(700)
        .startsWith("could not fetch: remote: xxx");
  }

  @Test
  void aRepositoryThatIsNotThereIsFinal() throws Exception {
    var failure = new NoRemoteRepositoryException(new URIish("https://h/r.git"), "not found");

    assertThat(failure(failure))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("the token may not see it");
  }

  @Test
  void theNetworkAndTheServerAreNotTheCachesFault() {
    for (Exception cause :
        new Exception[] {
          new TransportException("503"),
          new TransportException("x", new ConnectException("refused")),
          new TransportException("x", new UnknownHostException("h")),
          new TransportException("x", new SocketTimeoutException("timeout")),
        }) {
      assertThat(GitFailure.cameFromOutside(failure(cause))).isTrue();
    }
  }

  @Test
  void whatIsMissingOrUnreadableHereIsTheCachesFault() {
    Exception missing = new MissingObjectException(ObjectId.zeroId(), "commit");
    for (Exception cause :
        new Exception[] {
          missing,
          new TransportException("x", missing),
          new EOFException("short read"),
          new IOException("not a pack"),
          new IllegalStateException("config"),
        }) {
      assertThat(GitFailure.cameFromOutside(cause)).isFalse();
      assertThat(GitFailure.cameFromOutside(failure(cause))).isFalse();
    }
  }
}
