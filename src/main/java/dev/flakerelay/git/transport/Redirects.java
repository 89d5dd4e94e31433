package dev.flakerelay.git.transport;

import dev.flakerelay.net.PublicAddress;
import java.io.IOException;
import java.io.Serial;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/**
 * Where a Git server may send who asks it. To itself; and over TLS, on the usual port, to any
 * address of the internet: what redirects elsewhere reaches for services of this machine and its
 * network. JGit has no such rule.
 */
public final class Redirects {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private final URIish configured;
  private volatile @Nullable String refused;

  /** For a repository whose URL the configuration, or the target's own lock, names. */
  public Redirects(URIish configured) {
    this.configured = configured;
  }

  /**
   * The URL to connect to in place of another; it may be the same. Where a proxy leads there, names
   * are resolved by that, and its rules on addresses hold.
   *
   * @throws Refused if it may not be connected to
   */
  URL guarded(URL url) throws IOException {
    requirePermitted(url);
    if (isConfigured(url) || isConfiguredHost(url)) {
      return url;
    }
    try {
      return URL.of(url.toURI(), new Guard(url));
    } catch (URISyntaxException e) {
      throw refuse(place(url), "the URL can't be read");
    }
  }

  /** Looks at a {@code Location} before JGit does. */
  void requirePermitted(URL asked, String location) throws IOException {
    URI to;
    try {
      to = asked.toURI().resolve(new URI(location));
    } catch (URISyntaxException e) {
      return; // JGit can't read it either, and says so
    }
    String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw refuse(scheme + ":", "it is not https");
    }
    requirePermitted(to.toURL());
  }

  private void requirePermitted(URL url) throws Refused {
    if (isConfigured(url)) {
      return;
    }
    if (!url.getProtocol().equalsIgnoreCase("https")) {
      throw refuse(place(url), "it is not https");
    }
    if (port(url) != HTTPS) {
      throw refuse(place(url), "its port is not " + HTTPS);
    }
    if (!isConfiguredHost(url) && isPrivateLiteral(url.getHost())) {
      throw refuse(place(url), "that address is not one of the internet");
    }
  }

  /** Whether a URL is of the configured server. */
  boolean isConfigured(URL url) {
    return isConfiguredHost(url)
        && url.getProtocol().equalsIgnoreCase(configured.getScheme())
        && port(url) == (configured.getPort() < 0 ? usualPort(url) : configured.getPort());
  }

  private boolean isConfiguredHost(URL url) {
    return url.getHost().equalsIgnoreCase(configured.getHost());
  }

  private static int port(URL url) {
    return url.getPort() < 0 ? usualPort(url) : url.getPort();
  }

  private static int usualPort(URL url) {
    return url.getProtocol().equalsIgnoreCase("https") ? HTTPS : HTTP;
  }

  /**
   * Whether a host is written as an address, and not as one of the internet. Only the common form
   * is taken for one: a proxy may read {@code 0x7f.1} or {@code 2130706433} as 127.0.0.1, as
   * browsers do ("ends in a number checker" of the URL Standard).
   */
  private static boolean isPrivateLiteral(String host) {
    String bare = host.replaceAll("[\\[\\]]", "").replaceFirst("\\.$", "");
    String last = bare.substring(bare.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (!bare.contains(":") && !last.matches("\\d+|0x[0-9a-f]*|")) {
      return false;
    }
    try {
      boolean usual = bare.contains(":") || bare.matches("(?:(?:0|[1-9]\\d{0,2})\\.){3}\\d{1,3}");
      return !usual || !PublicAddress.is(InetAddress.ofLiteral(bare));
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static String place(URL url) {
    return url.getProtocol()
        + "://"
        + url.getHost()
        + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  /** What was refused, if something was: JGit may have wrapped the exception beyond knowing. */
  public Optional<String> refused() {
    return Optional.ofNullable(refused);
  }

  private Refused refuse(String where, String why) {
    String what =
        "sent us to "
            + where
            + ", which is not followed, as "
            + why
            + ": write the repository's right URL";
    refused = what;
    return new Refused(what);
  }

  /** Opens a URL; without a proxy, only if what its name is resolved to is of the internet. */
  private final class Guard extends URLStreamHandler {
    private final URL url;

    Guard(URL url) {
      this.url = url;
    }

    @Override
    protected URLConnection openConnection(URL same) throws IOException {
      return openConnection(same, Proxy.NO_PROXY);
    }

    @Override
    protected URLConnection openConnection(URL same, Proxy proxy) throws IOException {
      URLConnection connection = url.openConnection(proxy);
      if (connection instanceof HttpsURLConnection https) {
        https.setSSLSocketFactory(
            new PublicSockets(
                https.getSSLSocketFactory(),
                address ->
                    refuse(
                        place(url),
                        "it has the address "
                            + address.getHostAddress()
                            + ", which is not one of the internet")));
      }
      return connection;
    }
  }

  /** A server leads to something that may not be connected to. */
  static final class Refused extends TransportException {
    @Serial private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }
}
