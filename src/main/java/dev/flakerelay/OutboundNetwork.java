package dev.flakerelay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * How connections leave this machine, as the environment says: {@code http_proxy}, {@code
 * https_proxy} and {@code no_proxy} (in either case), and the certificates in {@code SSL_CERT_FILE}
 * or {@code NIX_SSL_CERT_FILE}. nix and Git read these variables themselves; Java does not.
 */
public final class OutboundNetwork {
  private final Map<String, String> environment;

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
   * @throws IOException if a certificate file is not there or may not be read
   */
  public static void install(Map<String, String> environment) throws IOException {
    OutboundNetwork network = of(environment);
    if (network.variable("http_proxy").or(() -> network.variable("https_proxy")).isPresent()) {
      ProxySelector.setDefault(network.proxies());
    }
    Optional<SSLContext> trust = network.trust();
    trust.ifPresent(SSLContext::setDefault);
    // This class looks at the default once, at its first use, and never again.
    trust
        .map(SSLContext::getSocketFactory)
        .ifPresent(HttpsURLConnection::setDefaultSSLSocketFactory);
  }

  private ProxySelector proxies() {
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
        .map(address -> URI.create(address.contains("://") ? address : "http://" + address));
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

  private Optional<SSLContext> trust() throws IOException {
    Optional<String> file =
        Optional.ofNullable(environment.get("SSL_CERT_FILE"))
            .or(() -> Optional.ofNullable(environment.get("NIX_SSL_CERT_FILE")))
            .filter(name -> !name.isBlank());
    if (file.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(TrustContext.of(Path.of(file.get())));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }
}
