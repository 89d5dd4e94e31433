package dev.flakerelay.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.support.Answer;
import dev.flakerelay.support.CertificateAuthority;
import dev.flakerelay.support.TestHttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustContextTest {
  @TempDir private Path folder;

  @Test
  void whatTheFileNamesIsTrustedByBothHttpClientsOfTheJdk() throws Exception {
    CertificateAuthority authority = CertificateAuthority.forHosts(List.of("127.0.0.1"));
    Path pem = authority.writePem(folder.resolve("ca.pem"));
    try (TestHttpServer server =
        TestHttpServer.tls(authority.serverContext(), _ -> Answer.text(200, "hello"))) {
      URI url = URI.create("https://127.0.0.1:" + server.port() + "/");
      SSLContext context = TrustContext.of(pem);
      try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
        assertThat(
                client
                    .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
                    .body())
            .isEqualTo("hello");
      }
      HttpsURLConnection connection = (HttpsURLConnection) url.toURL().openConnection();
      connection.setSSLSocketFactory(context.getSocketFactory());
      assertThat(connection.getInputStream().readAllBytes()).asString().isEqualTo("hello");
    }
  }

  @Test
  void aFileWithoutCertificatesIsTold() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.pem"), "not a certificate\n");
    assertThatThrownBy(() -> TrustContext.of(wrong))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(wrong.toString())
        .hasMessageContaining("SSL_CERT_FILE");
  }
}
