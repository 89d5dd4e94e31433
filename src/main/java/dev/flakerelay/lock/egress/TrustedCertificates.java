package dev.flakerelay.lock.egress;

import dev.flakerelay.net.OutboundNetwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What one run of nix trusts, in one file: whoever it would trust anyway, and the {@link
 * RunAuthority} of this process.
 */
public final class TrustedCertificates {
  /** Debian's, which nix and Git look for where nobody names another. */
  private static final Path USUAL = Path.of("/etc/ssl/certs/ca-certificates.crt");

  private TrustedCertificates() {}

  /** Makes the authority's keys now, should they not be there yet. */
  public static void prepare() {
    var _ = RunAuthority.current();
  }

  /** Writes the file into a run's folder. */
  public static Path write(Path folder, OutboundNetwork network) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(RunAuthority.current().pem().getBytes(StandardCharsets.US_ASCII));
    all.write(others(network));
    return Files.write(folder.resolve("certificates.pem"), all.toByteArray());
  }

  private static byte[] others(OutboundNetwork network) throws IOException {
    Optional<Path> file =
        network.certificates().or(() -> Optional.of(USUAL).filter(Files::isReadable));
    return file.isPresent() ? Files.readAllBytes(file.get()) : javas();
  }

  private static byte[] javas() throws IOException {
    try {
      TrustManagerFactory usual =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      usual.init((KeyStore) null); // its own
      StringBuilder text = new StringBuilder();
      Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
      for (var manager : Arrays.asList(usual.getTrustManagers())) {
        if (manager instanceof X509TrustManager x509) {
          for (X509Certificate each : x509.getAcceptedIssuers()) {
            text.append("-----BEGIN CERTIFICATE-----\n")
                .append(base64.encodeToString(each.getEncoded()))
                .append("\n-----END CERTIFICATE-----\n");
          }
        }
      }
      return text.toString().getBytes(StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException e) {
      throw new IOException("could not read the certificates that Java trusts", e);
    }
  }
}
