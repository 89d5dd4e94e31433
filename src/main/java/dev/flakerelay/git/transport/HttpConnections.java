package dev.flakerelay.git.transport;

import dev.flakerelay.net.ErrorAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
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
 * The connections of one conversation. They remember the last answer that told of a failure: JGit
 * tells no more of it than the status. And they take no answer for a Git server's that is none:
 * from a proxy's page with status 200 JGit reads that there are no branches. What the answers hold
 * is counted.
 */
public final class HttpConnections implements HttpConnectionFactory {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private static final String ENCODING = "Content-Encoding";
  private static final String AUTHORIZATION = "Authorization";

  private final Traffic traffic;
  private final Redirects redirects;
  private final ShownToken shown;
  private volatile @Nullable ErrorAnswer failure;

  /**
   * Connections of one conversation, which count together.
   *
   * @param shown what earlier conversations with the server have learnt
   */
  public HttpConnections(Traffic traffic, Redirects redirects, ShownToken shown) {
    this.traffic = traffic;
    this.redirects = redirects;
    this.shown = shown;
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    return create(url, Proxy.NO_PROXY);
  }

  @Override
  public HttpConnection create(URL url, Proxy proxy) throws IOException {
    return new Connection((HttpURLConnection) redirects.guarded(url).openConnection(proxy));
  }

  /** What the last answer said, if that was a failure. */
  public Optional<ErrorAnswer> failure() {
    return Optional.ofNullable(failure);
  }

  private final class Connection extends JDKHttpConnection {
    private final HttpURLConnection opened;
    private final boolean isConfigured;
    private @Nullable String authorization;
    private int status;

    Connection(HttpURLConnection opened) throws IOException {
      super(leadingTo(opened));
      this.opened = opened;
      this.isConfigured = redirects.isConfigured(opened.getURL());
      String taken = shown.header();
      if (isConfigured && taken != null) {
        super.setRequestProperty(AUTHORIZATION, taken);
      }
    }

    @Override
    public void setRequestProperty(String name, String value) {
      if (isConfigured && name.equalsIgnoreCase(AUTHORIZATION)) {
        authorization = value;
      }
      super.setRequestProperty(name, value);
    }

    @Override
    public int getResponseCode() throws IOException {
      if (status != 0) {
        return status;
      }
      status = super.getResponseCode();
      String sent = authorization;
      if (status == HTTP_UNAUTHORIZED) {
        shown.forget();
      } else if (sent != null && status == HTTP_OK) {
        shown.taken(sent);
      }
      failure = status < 400 ? null : errorAnswer();
      String location = REDIRECTS.contains(status) ? getHeaderField("Location") : null;
      if (location != null) {
        redirects.requirePermitted(getURL(), location);
      }
      if (status == HTTP_OK && isAdvertisement()) {
        requireGit(String.valueOf(getContentType()));
      }
      return status;
    }

    /** JGit has no method for it. */
    private ErrorAnswer errorAnswer() {
      byte[] body = new byte[0];
      try (InputStream sent = opened.getErrorStream()) {
        if (sent != null) {
          InputStream plain = isZipped() ? new GZIPInputStream(sent) : sent;
          body = plain.readNBytes(ErrorAnswer.MOST_BYTES);
        }
      } catch (IOException e) {
        // Then its status says enough.
      }
      return ErrorAnswer.read(
          status, name -> Optional.ofNullable(getHeaderField(name)), body, Instant.now());
    }

    private boolean isZipped() {
      return String.valueOf(super.getHeaderField(ENCODING)).endsWith("gzip");
    }

    /** What is counted is what JGit gets: compressed, no packet would be seen. */
    @Override
    public InputStream getInputStream() throws IOException {
      InputStream sent = super.getInputStream();
      return new PacketStream(
          isZipped() ? new GZIPInputStream(sent) : sent,
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

  /** A URL that opens this connection: JGit takes no other way to one of its own. */
  private static URL leadingTo(HttpURLConnection opened) throws IOException {
    try {
      return URL.of(
          opened.getURL().toURI(),
          new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
              return opened;
            }
          });
    } catch (URISyntaxException e) {
      throw new MalformedURLException("the URL can't be read");
    }
  }
}
