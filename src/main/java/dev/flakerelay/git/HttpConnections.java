package dev.flakerelay.git;

import dev.flakerelay.RetryAfter;
import java.io.IOException;
import java.net.Proxy;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one conversation, which remember how long the server asked to be left alone:
 * of an answer that failed JGit tells no more than the status.
 */
final class HttpConnections implements HttpConnectionFactory {
  /** GitHub answers 403 or 429 to who asks too often, and other servers 503. */
  private static final Set<Integer> LATER = Set.of(403, 429, 503);

  private volatile @Nullable Duration asked;

  @Override
  public HttpConnection create(URL url) throws IOException {
    return create(url, Proxy.NO_PROXY);
  }

  @Override
  public HttpConnection create(URL url, Proxy proxy) throws IOException {
    return new Connection(url, proxy);
  }

  /** What the last answer asked for that asked for something. */
  Optional<Duration> retryAfter() {
    return Optional.ofNullable(asked);
  }

  private final class Connection extends JDKHttpConnection {
    Connection(URL url, Proxy proxy) throws IOException {
      super(url, proxy);
    }

    @Override
    public int getResponseCode() throws IOException {
      int status = super.getResponseCode();
      if (LATER.contains(status)) {
        Optional.ofNullable(getHeaderField("Retry-After"))
            .flatMap(header -> RetryAfter.read(header, Instant.now()))
            .ifPresent(wait -> asked = wait);
      }
      return status;
    }
  }
}
