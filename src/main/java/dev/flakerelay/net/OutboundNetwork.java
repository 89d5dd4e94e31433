package dev.flakerelay.net;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * How connections leave this machine, as the environment says: {@code http_proxy}, {@code
 * https_proxy} and {@code no_proxy} (in either case), and the certificates in {@code SSL_CERT_FILE}
 * or {@code NIX_SSL_CERT_FILE}. nix and Git read these variables themselves; Java does not.
 */
public final class OutboundNetwork {
  private final Map<String, String> environment;
  private volatile @Nullable SSLSocketFactory tls;

  private OutboundNetwork(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The network that an environment describes. */
  public static OutboundNetwork of(Map<String, String> environment) {
    return new OutboundNetwork(Map.copyOf(environment));
  }

  /**
   * Makes it the default of this process: for JGit, the AWS SDK and the JDK's HTTP clients.
   *
   * @throws IOException if a certificate file is not there or may not be read, or a proxy variable
   *     holds no address
   */
  public static void install(Map<String, String> environment) throws IOException {
    OutboundNetwork network = of(environment);
    List<URI> proxies = network.proxies();
    if (!proxies.isEmpty()) {
      ProxySelector.setDefault(network.selector());
    }
    if (proxies.stream().anyMatch(proxy -> proxy.getUserInfo() != null)) {
      // Java shows no password to a proxy before TLS, unless told so before its first connection.
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
      Authenticator.setDefault(new ProxyPasswords(proxies));
    }
    Optional<SSLContext> trust = network.trust();
    trust.ifPresent(SSLContext::setDefault);
    // This class looks at the default once, at its first use, and never again.
    trust
        .map(SSLContext::getSocketFactory)
        .ifPresent(HttpsURLConnection::setDefaultSSLSocketFactory);
  }

  private List<URI> proxies() throws IOException {
    List<URI> proxies = new ArrayList<>();
    for (String name : List.of("http_proxy", "https_proxy", "all_proxy")) {
      try {
        variable(name).map(OutboundNetwork::proxyAt).ifPresent(proxies::add);
      } catch (IllegalArgumentException e) {
        throw new IOException(name + " " + e.getMessage(), e);
      }
    }
    return proxies;
  }

  private ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(proxyFor(uri).orElse(Proxy.NO_PROXY));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {
        // the connection's own error tells it
      }
    };
  }

  private Optional<Proxy> proxyFor(URI uri) {
    return proxy(String.valueOf(uri.getScheme()), String.valueOf(uri.getHost()))
        .map(found -> new Proxy(Proxy.Type.HTTP, address(found)));
  }

  /**
   * The proxy that leads to a host; empty if connections to it are direct.
   *
   * @param scheme {@code http} or {@code https}
   * @return an {@code http} URL with host and port, and with user and password where they are given
   */
  public Optional<URI> proxy(String scheme, String host) {
    if (isExempt(host.toLowerCase(Locale.ROOT))) {
      return Optional.empty();
    }
    return variable(scheme + "_proxy")
        .or(() -> variable("all_proxy"))
        .map(OutboundNetwork::proxyAt);
  }

  /** Whatever is wrong with the address, it may hold a password: it is not repeated. */
  private static URI proxyAt(String address) {
    try {
      URI proxy = new URI(address.contains("://") ? address : "http://" + address);
      if (proxy.getHost() != null) {
        return proxy;
      }
    } catch (URISyntaxException e) {
      // said below, without what it says of the address
    }
    throw new IllegalArgumentException(
        "is no proxy's address: write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT,"
            + " percent-encoded as in every URL");
  }

  /** Where a proxy listens. */
  public static InetSocketAddress address(URI proxy) {
    return new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort());
  }

  private boolean isExempt(String host) {
    for (String entry : variable("no_proxy").orElse("").split(",", -1)) {
      String name = entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
      if (name.equals("*")
          || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))) {
        return true;
      }
    }
    return false;
  }

  /**
   * TLS that verifies servers as the environment says, or else as Java does.
   *
   * @throws IOException if the certificate file is not there or may not be read
   */
  public SSLSocketFactory tls() throws IOException {
    SSLSocketFactory known = tls;
    if (known == null) {
      try {
        Optional<SSLContext> named = trust();
        known = (named.isPresent() ? named.get() : SSLContext.getDefault()).getSocketFactory();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has TLS", e);
      }
      tls = known;
    }
    return known;
  }

  /** The file of certificates that the environment names. */
  public Optional<Path> certificates() {
    return Optional.ofNullable(environment.get("SSL_CERT_FILE"))
        .or(() -> Optional.ofNullable(environment.get("NIX_SSL_CERT_FILE")))
        .filter(name -> !name.isBlank())
        .map(Path::of);
  }

  private Optional<SSLContext> trust() throws IOException {
    Optional<Path> file = certificates();
    return file.isPresent() ? Optional.of(TrustContext.of(file.get())) : Optional.empty();
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }
}
