package dev.flakerelay;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

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

  /**
   * Makes it the default of this process: for JGit, the AWS SDK and the JDK's HTTP clients.
   *
   * @throws IOException if a certificate file can't be read
   */
  public static void install(Map<String, String> environment) throws IOException {
    OutboundNetwork network = new OutboundNetwork(Map.copyOf(environment));
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
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    if (isExempt(host)) {
      return Optional.empty();
    }
    return variable(uri.getScheme() + "_proxy").map(OutboundNetwork::proxy);
  }

  private static Proxy proxy(String address) {
    URI uri = URI.create(address.contains("://") ? address : "http://" + address);
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), port));
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
    Path path = Path.of(file.get());
    try (InputStream pem = Files.newInputStream(path)) {
      KeyStore certificates = KeyStore.getInstance(KeyStore.getDefaultType());
      certificates.load(null, null);
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        certificates.setCertificateEntry("certificate-" + number++, each);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(certificates);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return Optional.of(context);
    } catch (GeneralSecurityException | IOException e) {
      throw new IOException(
          "could not read the certificates in " + path + " (SSL_CERT_FILE): " + e.getMessage(), e);
    }
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }
}
