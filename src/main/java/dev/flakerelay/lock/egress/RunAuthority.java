package dev.flakerelay.lock.egress;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;

/**
 * Signs the certificates with which a {@link FetchProxy} ends TLS. Its keys exist in this process's
 * memory only; made when they are first needed, and anew every day.
 */
final class RunAuthority {
  private static final Duration AGE = Duration.ofDays(1);

  /** A run that begins at the end of the day still goes on; clocks may differ by a little. */
  private static final Duration MARGIN = Duration.ofDays(1);

  private static @Nullable RunAuthority today;

  private final Instant made = Instant.now();
  private final HeldCertificate authority;
  private final Map<String, SSLContext> contexts = new ConcurrentHashMap<>();

  private RunAuthority() {
    this.authority = certificate().commonName("flake-relay").certificateAuthority(0).build();
  }

  /** The one of this process. */
  static synchronized RunAuthority current() {
    RunAuthority known = today;
    if (known == null || known.made.plus(AGE).isBefore(Instant.now())) {
      known = new RunAuthority();
      today = known;
    }
    return known;
  }

  private HeldCertificate.Builder certificate() {
    return new HeldCertificate.Builder()
        .validityInterval(
            made.minus(MARGIN).toEpochMilli(), made.plus(AGE).plus(MARGIN).toEpochMilli());
  }

  /** The certificate that a program must trust, in PEM. */
  String pem() {
    return authority.certificatePem();
  }

  /**
   * Begins TLS as a host, for a client that asks for that host and speaks HTTP/1.1.
   *
   * @param host a name or an address
   */
  SSLSocket accept(Socket connection, String host) throws IOException {
    SSLContext context = contexts.computeIfAbsent(host, this::context);
    InputStream nothingRead = InputStream.nullInputStream();
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(connection, nothingRead, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    parameters.setSNIMatchers(List.of(new OneName(host)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  private SSLContext context(String host) {
    HeldCertificate leaf =
        certificate().commonName(host).addSubjectAlternativeName(host).signedBy(authority).build();
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new OneKey(leaf)}, new TrustManager[0], null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /** Refuses a client that asks for another host than it connected to. */
  private static final class OneName extends SNIMatcher {
    private final String host;

    OneName(String host) {
      super(StandardConstants.SNI_HOST_NAME);
      this.host = host;
    }

    @Override
    public boolean matches(SNIServerName name) {
      return new SNIHostName(name.getEncoded()).getAsciiName().equalsIgnoreCase(host);
    }
  }

  /** A key without a key store, which would take long to encrypt it. */
  private static final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "leaf";
    private final HeldCertificate leaf;

    OneKey(HeldCertificate leaf) {
      this.leaf = leaf;
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return type.equals("EC") ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {leaf.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return leaf.keyPair().getPrivate();
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}
