package dev.flakerelay.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS that trusts the certificates of one PEM file, which is read at the first connection: to read
 * the usual 150 takes longer than most commands, and many make no connection.
 */
final class TrustContext extends SSLContext {
  private TrustContext(Path file, SSLContext any) {
    super(new Lazy(file), any.getProvider(), any.getProtocol());
  }

  /**
   * Looks at the file's first certificate now, and reads the others later.
   *
   * @throws IOException if it is not there, may not be read, or begins otherwise
   */
  static SSLContext of(Path file) throws IOException {
    try (InputStream pem = Files.newInputStream(file)) {
      var _ = CertificateFactory.getInstance("X.509").generateCertificate(pem);
      return new TrustContext(file, SSLContext.getInstance("TLS"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    } catch (CertificateException | IOException e) {
      throw unreadable(file, e);
    }
  }

  private static IOException unreadable(Path file, Exception cause) {
    return new IOException(
        "could not read the certificates in " + file + " (SSL_CERT_FILE): " + cause.getMessage(),
        cause);
  }

  private static final class Lazy extends SSLContextSpi {
    private final Path file;
    private @Nullable SSLContext context;

    Lazy(Path file) {
      this.file = file;
    }

    private synchronized SSLContext context() {
      SSLContext known = context;
      if (known == null) {
        known = read();
        context = known;
      }
      return known;
    }

    private SSLContext read() {
      try (InputStream pem = Files.newInputStream(file)) {
        KeyStore certificates = KeyStore.getInstance(KeyStore.getDefaultType());
        certificates.load(null, null);
        int number = 0;
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
          certificates.setCertificateEntry("certificate-" + number++, each);
        }
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificates);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        return trusting;
      } catch (GeneralSecurityException | IOException e) {
        throw new UncheckedIOException(unreadable(file, e));
      }
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random) {
      throw new IllegalStateException("what is trusted stands in " + file);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new LazySocketFactory(() -> context().getSocketFactory());
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return context().getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return context().createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return context().createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return context().getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return context().getClientSessionContext();
    }
  }
}
