package dev.flakerelay.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.TestForge;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("it leads the connections of this JVM to places that are not there")
class OutboundNetworkTest {
  private final OutboundDefaults defaults = OutboundDefaults.keep();

  @AfterEach
  void restore() {
    defaults.close();
  }

  private static String proxyFor(String url) {
    var proxy = ProxySelector.getDefault().select(URI.create(url)).getFirst();
    return proxy.address() instanceof InetSocketAddress address
        ? address.getHostString() + ":" + address.getPort()
        : "none";
  }

  @ParameterizedTest
  @CsvSource({
    "https://github.com/x, secure:3128",
    "http://example.org/x, plain:80",
    "https://internal.example.org, none",
    "https://a.internal.example.org, none",
    "https://notinternal.example.org, secure:3128",
    "https://x.dotted.org, none",
    "http://127.0.0.1:9000/, none",
    "ssh://example.org/, none"
  })
  void theVariablesNameTheWayOut(String url, String proxy) throws IOException {
    OutboundNetwork.install(
        Map.of(
            "http_proxy", "http://plain",
            "HTTPS_PROXY", "secure:3128",
            "no_proxy", "internal.example.org, .dotted.org,127.0.0.1"));

    assertThat(proxyFor(url)).isEqualTo(proxy);
  }

  @Test
  void withoutVariablesNothingChanges() throws IOException {
    ProxySelector before = ProxySelector.getDefault();

    OutboundNetwork.install(Map.of("http_proxy", "", "SSL_CERT_FILE", " "));

    assertThat(ProxySelector.getDefault()).isSameAs(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://me:top secret@host:1", "http://me:top/secret@host", "me:top^secret"})
  void anAddressThatIsNoneIsNotRepeatedAsItMayHoldAPassword(String address) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> OutboundNetwork.install(Map.of("https_proxy", address)))
        .withMessageStartingWith("https_proxy is no proxy's address: write http://")
        .satisfies(e -> assertThat(e + " " + e.getCause()).doesNotContain("secret"));
  }

  @Test
  void certificatesOfTheFileAreTrustedByConnectionsOfAllAges() throws Exception {
    try (TestForge forge = TestForge.start()) {
      OutboundNetwork.install(forge.environment());

      var connection =
          (HttpURLConnection) URI.create("https://github.com/nobody/x").toURL().openConnection();

      assertThat(connection.getResponseCode()).isEqualTo(404);
    }
  }

  @Test
  void aCertificateFileThatIsNoneIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nx\n");

    for (Path each : new Path[] {file, folder.resolve("missing.pem")}) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> OutboundNetwork.install(Map.of("NIX_SSL_CERT_FILE", each.toString())))
          .withMessageContaining(each.toString());
    }
  }
}
