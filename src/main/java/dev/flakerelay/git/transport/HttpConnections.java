package dev.flakerelay.git.transport;

import dev.flakerelay.RetryAfter;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one conversation. They remember how long the server asked to be left alone: of
 * an answer that failed JGit tells no more than the status. And they take no answer for a Git
 * server's that is none: from a proxy's page with status 200 JGit reads that there are no branches.
 * What the answers hold is counted.
 */
public final class HttpConnections implements HttpConnectionFactory {
  /** GitHub answers 403 or 429 to who asks too often, and other servers 503. */
  private static final Set<Integer> LATER = Set.of(403, 429, 503);

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private static final String ENCODING = "Content-Encoding";

  private final Traffic traffic;
  private final Redirects redirects;
  private volatile @Nullable Duration asked;

  /** Connections of one conversation, which count together. */
  public HttpConnections(Traffic traffic, Redirects redirects) {
    this.traffic = traffic;
    this.redirects = redirects;
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    return create(url, Proxy.NO_PROXY);
  }

  @Override
  public HttpConnection create(URL url, Proxy proxy) throws IOException {
    return new Connection(redirects.guarded(url), proxy);
  }

  /** What the last answer asked for that asked for something. */
  public Optional<Duration> retryAfter() {
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
      String location = REDIRECTS.contains(status) ? getHeaderField("Location") : null;
      if (location != null) {
        redirects.requirePermitted(getURL(), location);
      }
      if (status == HTTP_OK && isAdvertisement()) {
        requireGit(String.valueOf(getContentType()));
      }
      return status;
    }

    /** What is counted is what JGit gets: compressed, no packet would be seen. */
    @Override
    public InputStream getInputStream() throws IOException {
      String encoding = String.valueOf(super.getHeaderField(ENCODING));
      InputStream sent = super.getInputStream();
      return new PacketStream(
          encoding.endsWith("gzip") ? new GZIPInputStream(sent) : sent,
          traffic,
          isAdvertisement() ? PacketStream.Content.NAMES : PacketStream.Content.ANSWER);
    }

    /** JGit is given the plain bytes. */
    @Override
    public @Nullable String getHeaderField(String name) {
      return name.equalsIgnoreCase(ENCODING) ? null : super.getHeaderField(name);
    }

    /** Where a Git server says what it has ("gitprotocol-http" in Git's manual). */
    private boolean isAdvertisement() {
      return getRequestMethod().equals("GET");
    }

    /**
     * The "smart" protocol's, of the service that was asked for. For any other type JGit goes over
     * to the old protocol: that can't do what is needed here, and lets a server name others ({@code
     * http-alternates}).
     */
    private void requireGit(String type) throws TransportException {
      String service = String.valueOf(getURL().getQuery()).replaceFirst(".*service=", "");
      if (!type.equals("application/x-" + service + "-advertisement")) {
        throw new TransportException(
            "the answer is not that of a Git server (Content-Type: " + type + ")");
      }
    }
  }
}
