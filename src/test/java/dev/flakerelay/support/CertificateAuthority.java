package dev.flakerelay.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority of the tests' own, with one server certificate for many host names. */
public final class CertificateAuthority {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final KeyStore authority;
  private final KeyStore server;

  private CertificateAuthority(KeyStore authority, KeyStore server) {
    this.authority = authority;
    this.server = server;
  }

  /**
   * Makes an authority and a server certificate that it signed; takes about two seconds.
   *
   * @param hosts names for the certificate, {@code *.example.org} for all below a domain, and IPv4
   *     addresses
   */
  public static CertificateAuthority forHosts(List<String> hosts) {
    try {
      Path folder = Files.createTempDirectory("test-ca");
      Path store = folder.resolve("store.p12");
      try {
        keytool(folder, "ca", "-dname", "CN=Test CA", "-ext", "bc:critical=ca:true");
        String names =
            hosts.stream()
                .map(host -> (host.matches("[0-9.]+") ? "ip:" : "dns:") + host)
                .collect(Collectors.joining(","));
        keytool(
            folder, "server", "-signer", "ca", "-dname", "CN=Test server", "-ext", "san=" + names);
        KeyStore both = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
          both.load(file, PASSWORD);
        }
        KeyStore authority = empty();
        authority.setCertificateEntry("ca", both.getCertificate("ca"));
        KeyStore server = empty();
        server.setKeyEntry(
            "server",
            both.getKey("server", PASSWORD),
            PASSWORD,
            both.getCertificateChain("server"));
        return new CertificateAuthority(authority, server);
      } finally {
        Files.deleteIfExists(store);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not make certificates", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("could not make certificates", e);
    }
  }

  /** The JDK can sign certificates with this program only. */
  private static void keytool(Path folder, String alias, String... options) {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-alias", alias));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
    command.addAll(List.of("-keystore", "store.p12", "-storepass", new String(PASSWORD)));
    // A clock that is a little behind must not make it a certificate of the future.
    command.addAll(List.of("-startdate", "-1d", "-J-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    Execution.of(folder, GitCommand.cleanEnvironment(), new byte[0], command).succeeded();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Writes the authority's certificate as a PEM file. */
  public Path writePem(Path file) {
    try {
      byte[] der = authority.getCertificate("ca").getEncoded();
      String text =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
      return Files.writeString(
          file, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For a server that shows the server certificate. */
  public SSLContext serverContext() {
    try {
      // The other algorithm decrypts the key for every connection, which is a third of the time of
      // all tests.
      KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
      keys.init(server, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For a client that trusts this authority and no other. */
  public SSLContext clientContext() {
    try {
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(authority);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
