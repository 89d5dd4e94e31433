package dev.flakerelay.git;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.VisibleText;
import dev.flakerelay.git.transport.HttpConnections;
import dev.flakerelay.git.transport.OpenTransport;
import dev.flakerelay.git.transport.Redirects;
import dev.flakerelay.git.transport.ShownToken;
import dev.flakerelay.git.transport.TimeLimit;
import dev.flakerelay.git.transport.Traffic;
import dev.flakerelay.log.Waiting;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;

/** A repository somewhere else, and the right to open it. */
public final class GitRemote {
  /** How long a conversation may take, however much is said. */
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private final String url;
  private final URIish address;
  private final Optional<? extends Access> access;
  private final List<Token> shown = new CopyOnWriteArrayList<>();
  private final ShownToken asked = new ShownToken();
  private final Duration longest;
  private final long mostBytes;
  private final Deadline deadline;

  /**
   * A remote at a Git URL: {@code https}, {@code http}, {@code ssh}, {@code file} or {@code
   * user@host:path}.
   *
   * @param access its token is shown to the server only when it asks, and only over HTTPS or to
   *     this machine
   * @throws PermanentException if the URL has no form that Git knows
   */
  public GitRemote(String url, Optional<? extends Access> access) throws PermanentException {
    this(url, access, Deadline.NONE);
  }

  /** The same for work that must have ended some time. */
  public GitRemote(String url, Optional<? extends Access> access, Deadline deadline)
      throws PermanentException {
    this(url, access, LONGEST, Traffic.MOST_BYTES, deadline);
  }

  /** The same with other limits to a conversation. */
  GitRemote(
      String url,
      Optional<? extends Access> access,
      Duration longest,
      long mostBytes,
      Deadline deadline)
      throws PermanentException {
    this.url = url;
    this.access = access;
    this.longest = longest;
    this.mostBytes = mostBytes;
    this.deadline = deadline;
    try {
      this.address = new URIish(url);
    } catch (URISyntaxException e) {
      throw new PermanentException("the repository's URL can't be read: " + url, e);
    }
  }

  /** The URL as the configuration writes it. */
  public String url() {
    return url;
  }

  /** When everything must have ended that this is for. */
  Deadline deadline() {
    return deadline;
  }

  /**
   * Talks to the server; whatever fails is told as a failure of the job.
   *
   * @param conversation begun again, once, if the token had ended
   */
  public <T> T talk(Repository local, String intent, Conversation<T> conversation)
      throws JobException {
    GitSetup.apply();
    Optional<Token> token =
        access.isPresent() ? Optional.of(access.get().token()) : Optional.empty();
    return talk(local, intent, conversation, token, true);
  }

  private <T> T talk(
      Repository local,
      String intent,
      Conversation<T> conversation,
      Optional<Token> token,
      boolean mayBeginAgain)
      throws JobException {
    token.ifPresent(shown::add);
    Traffic traffic = new Traffic(mostBytes);
    Redirects redirects = new Redirects(address);
    HttpConnections connections = new HttpConnections(traffic, redirects, asked);
    String attempt = "could not " + intent + " " + url;
    OpenTransport.requirePossible(address, attempt);
    Duration time = deadline.atMost(longest);
    if (time.isZero()) {
      throw new RetryableException(attempt + ": the time that one job may take was over before");
    }
    try (Waiting _ = Waiting.on("Git on " + server())) {
      return TimeLimit.hold(
          time,
          () -> {
            try (Transport transport =
                OpenTransport.to(address, local, token, connections, traffic, time)) {
              return conversation.with(transport);
            }
          });
    } catch (TimeoutException e) {
      String words = server() + " took more than " + time.toSeconds() + " s";
      // JGit's way of saying so: nothing is wrong with the cache
      throw new RetryableException(attempt + ": " + words, new InterruptedIOException(words));
    } catch (IOException e) {
      if (mayBeginAgain && hasEnded(connections)) {
        Optional<Token> other = access.orElseThrow().replacing(token.orElseThrow());
        if (other.isPresent()) {
          asked.forget();
          return talk(local, intent, conversation, other, false);
        }
      }
      throw failure(attempt, e, traffic, redirects, connections);
    }
  }

  /** Whether the server did not know the token. */
  private boolean hasEnded(HttpConnections connections) {
    return access.isPresent()
        && connections.failure().filter(answer -> answer.status() == 401).isPresent();
  }

  private JobException failure(
      String attempt,
      IOException cause,
      Traffic traffic,
      Redirects redirects,
      HttpConnections connections) {
    Optional<String> excess = traffic.excess().map(what -> "sent " + what).or(redirects::refused);
    if (excess.isPresent()) {
      String words = VisibleText.brief(hide(excess.get()));
      return new PermanentException(attempt + ": " + server() + " " + words, cause);
    }
    Optional<String> foreign =
        cause instanceof NoRemoteRepositoryException
            ? ForeignRepository.words(address)
            : Optional.empty();
    return foreign.isPresent()
        ? new RetryableException(attempt + ": " + foreign.get(), cause)
        : GitFailure.of(
            attempt, place(), cause, connections.failure(), traffic.heard(), setting(), this::hide);
  }

  private String server() {
    return address.getHost() == null ? "this machine" : address.getHost();
  }

  private String place() {
    return server() + (address.getPort() > 0 ? ":" + address.getPort() : "");
  }

  /**
   * Fetches into {@code local}, with as little as the server is able to send.
   *
   * @return what the server has; empty if it has no such ref
   */
  Optional<ObjectId> fetch(Repository local, String intent, ShallowFetch what) throws JobException {
    return talk(local, intent, transport -> what.over(transport, local));
  }

  /** The server has no such ref. */
  NotThereException missing(String intent, String ref) {
    return new NotThereException("could not " + intent + " " + url + ": there is no " + ref);
  }

  /** What a server said, without the tokens that it was shown. */
  public String hide(String words) {
    String hidden = words;
    for (Token each : shown) {
      hidden = each.hide(hidden);
    }
    return hidden;
  }

  /** The key in relay.yaml that opens it. */
  private String setting() {
    return access.isPresent() ? access.get().setting() : "secrets.git";
  }

  /** What is said over an open transport. */
  @FunctionalInterface
  public interface Conversation<T> {
    T with(Transport transport) throws IOException, JobException;
  }
}
