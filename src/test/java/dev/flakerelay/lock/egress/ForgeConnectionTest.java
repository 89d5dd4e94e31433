package dev.flakerelay.lock.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Token;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.net.PublicAddress;
import dev.flakerelay.nix.TestRules;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client could write so that the token opens another repository than it is for. */
class ForgeConnectionTest {
  private static final String TOKEN = "ghp_TopSecret0123456789";
  private static final String LOCK =
      """
      {"version": 7, "root": "root", "nodes": {
        "root": {"inputs": {"a": "a"}},
        "a": {
          "original": {"type": "github", "owner": "acme", "repo": "app"},
          "locked": {"type": "github", "owner": "acme", "repo": "app"}}}}
      """;

  @TempDir private static Path folder;
  private static TestForge forge;
  private static SSLContext trust;
  private FetchProxy proxy;
  private int before;

  @BeforeAll
  static void hostTwoPrivateRepositories() throws Exception {
    forge = TestForge.start();
    TestRepository app = TestRepository.create(folder.resolve("app"));
    app.write("flake.nix", "{ }").commit("Begin");
    forge.hidden("github.com", "acme/app", app, TOKEN);
    forge.hidden("github.com", "victim/private", app, TOKEN);
    trust = trusting(RunAuthority.current().pem());
  }

  private static SSLContext trusting(String pem) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(
        "authority",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(UTF_8))));
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  @BeforeEach
  void startAProxy() throws Exception {
    before = forge.requests().size();
    List<ForgeToken> access = List.of(new ForgeToken("github.com", 443, new Token(TOKEN)));
    FlakeLock lock = FlakeLock.parse(LOCK.getBytes(UTF_8));
    proxy =
        FetchProxy.start(
            new FetchScope(
                FetchPolicy.of(lock, TestRules.GITHUB),
                OutboundNetwork.of(forge.environment()),
                PublicAddress.Resolver.SYSTEM,
                access,
                new KnownRepositories(access, lock, TestRules.GITHUB)),
            1 << 20);
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  @AfterAll
  static void stopTheForge() {
    forge.close();
  }

  private ProxyClient client(String host) throws IOException {
    return ProxyClient.of(proxy).connect(host + ":443").tls(trust, host);
  }

  private String ask(String host, String request) throws IOException {
    try (ProxyClient client = client(host)) {
      return client.ask(request);
    }
  }

  private List<Request> requests() {
    return forge.requests().subList(before, forge.requests().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "github.com /acme/app/archive/main.tar.gz",
        "github.com /ACME/App/archive/refs/heads/main.tar.gz",
        "github.com /acme/app.git/info/refs?service=git-upload-pack",
        "github.com /acme/app/info/refs?service=git-upload-pack",
        "api.github.com /repos/acme/app/commits/HEAD",
        "api.github.com /repos/acme/app/tarball/main",
      })
  void theTokenOpensWhatTheTargetHasLocked(String what) throws Exception {
    String host = what.substring(0, what.indexOf(' '));
    String answer =
        ask(host, "GET" + what.substring(host.length()) + " HTTP/1.1\r\nHost: " + host + "\r\n");

    assertThat(answer).startsWith("HTTP/1.1 200 ").doesNotContain(TOKEN);
    assertThat(requests().getFirst().authorized()).isFalse();
    assertThat(requests()).anyMatch(Request::authorized);
    assertThat(requests().stream().filter(Request::authorized))
        .allMatch(each -> each.path().matches("(?i)(/repos)?/acme/app(\\.git)?/.*"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /victim/private/archive/main.tar.gz",
        "GET /acme/app/../../victim/private/archive/main.tar.gz",
        "GET /acme/app/archive/../../../victim/private/archive/main.tar.gz",
        "GET /acme/app/archive/%2e%2e/%2e%2e/%2e%2e/victim/private/archive/main.tar.gz",
        "GET /acme/app/archive/%252e%252e/%252e%252e/%252e%252e/victim/private/x.tar.gz",
        "GET /acme/app/archive/..%2f..%2f..%2fvictim/private/archive/main.tar.gz",
        "GET /acme/app/archive/..\\..\\..\\victim\\private\\archive\\main.tar.gz",
        "GET /acme/app//archive/main.tar.gz",
        "GET //victim/private/archive/main.tar.gz",
        "GET /acme%2fapp/archive/main.tar.gz",
        "GET /acme/app%2f..%2f..%2fvictim%2fprivate/archive/main.tar.gz",
        "GET /acme/app;/../victim/private/archive/main.tar.gz",
        "GET /acme/app.git.git/info/refs?service=git-upload-pack",
        "GET /acme/app.git/../../victim/private.git/info/refs?service=git-upload-pack",
        "GET /acme/app/victim/private/info/refs?service=git-upload-pack",
        "GET /acme/app.git/info/refs?service=git-receive-pack",
        "GET /acme/app.git/info/refs?service=git-upload-pack&service=git-receive-pack",
        "GET /acme/app.git/info/refs?service=git-upload-pack%00",
        "GET /acme/app/archive/main.tar.gz?access_token=x",
        "GET /acme/app/archive/main.tar.gz#/../../victim/private",
        "GET /acme/app/archive/\u0001.tar.gz",
        "GET /acme/app/settings",
        "GET /acme/app",
        "GET /",
        "GET *",
        "GET https://github.com/victim/private/archive/main.tar.gz",
        "GET https://github.com/acme/app/archive/main.tar.gz",
        "GET acme/app/archive/main.tar.gz",
        "get /acme/app/archive/main.tar.gz",
        "PUT /acme/app/archive/main.tar.gz",
        "DELETE /acme/app/archive/main.tar.gz",
        "OPTIONS /acme/app/archive/main.tar.gz",
        "POST /acme/app.git/git-receive-pack",
        "POST /acme/app/archive/main.tar.gz",
        "CONNECT github.com:443",
      })
  void theTokenOpensNothingElseByItsPath(String request) throws Exception {
    assertThat(ask("github.com", request + " HTTP/1.1\r\nHost: github.com\r\n"))
        .matches("(?s)HTTP/1\\.1 40[03] .*");
    assertThat(requests()).noneMatch(Request::authorized);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /repos/victim/private/tarball/main",
        "GET /repos/acme/app/../../victim/private/tarball/main",
        "GET /repos/acme/app/tarball/%2e%2e/%2e%2e/victim/private",
        "GET /repos/acme/app/compare/a...b",
        "GET /repos/acme/app/contents/secret",
        "GET /repos/acme/app",
        "GET /repos/acme/app/actions/secrets",
        "GET /repositories/1/tarball/main",
        "GET /user",
        "POST /graphql",
        "POST /repos/acme/app/statuses/1",
        "PATCH /repos/acme/app/commits/main",
      })
  void theTokenOpensNothingElseOfTheApi(String request) throws Exception {
    assertThat(ask("api.github.com", request + " HTTP/1.1\r\nHost: api.github.com\r\n"))
        .matches("(?s)HTTP/1\\.1 40[03] .*");
    assertThat(requests()).noneMatch(Request::authorized);
    assertThat(proxy.breach()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Host: api.github.com\n",
        "Host: evil.example\n",
        "Host: github.com\nHost: api.github.com\n",
        "Host : github.com\n",
        " Host: github.com\n",
        "Host: github.com\n X: folded\n",
        "Host: github.com\nContent-Length: 0\nContent-Length: 5\n",
        "Host: github.com\nContent-Length: 0, 5\n",
        "Host: github.com\nContent-Length: +0\n",
        "Host: github.com\nContent-Length: 5\nTransfer-Encoding: chunked\n",
        "Host: github.com\nTransfer-Encoding: chunked\nTransfer-Encoding: identity\n",
        "Host: github.com\nTransfer-Encoding: xchunked\n",
        "Host: github.com\nX: a\u0000b\n",
      })
  void oneRequestIsNotReadAsTwo(String fields) throws Exception {
    try (ProxyClient client = client("github.com")) {
      String text = "GET /acme/app/archive/main.tar.gz HTTP/1.1\n" + fields + "\n";
      client.write(
          text.replace("\n", "\r\n")
              + "0\r\n\r\n"
              + "GET /victim/private/archive/main.tar.gz HTTP/1.1\r\n"
              + "Host: github.com\r\n\r\n");
      assertThat(client.rest()).startsWith("HTTP/1.1 400 ");
    }
    assertThat(requests()).isEmpty();
  }

  @Test
  void whatTheClientShowsByItselfIsNotForwarded() throws Exception {
    ask(
        "github.com",
        String.join(
            "\r\n",
            "GET /acme/app/archive/main.tar.gz HTTP/1.1",
            "Host: github.com",
            "Authorization: Basic Zm9vOmJhcg==",
            "Cookie: a=b",
            "X-Forwarded-Host: evil.example",
            ""));
    assertThat(requests().getFirst().headers()).doesNotContainKeys("authorization", "cookie");
    assertThat(requests())
        .allSatisfy(each -> assertThat(each.headers()).doesNotContainKey("x-forwarded-host"));
  }

  @Test
  void anotherNameOrProtocolWithinTlsIsRefused() throws Exception {
    try (ProxyClient client = ProxyClient.of(proxy).connect("github.com:443")) {
      assertThatThrownBy(() -> client.tls(trust, "api.github.com")).isInstanceOf(IOException.class);
    }
    try (ProxyClient client = ProxyClient.of(proxy).connect("github.com:443")) {
      assertThatThrownBy(() -> client.tls(trust, "github.com", "h2"))
          .isInstanceOf(IOException.class);
    }
    try (ProxyClient client = ProxyClient.of(proxy).connect("github.com:443")) {
      assertThatThrownBy(() -> client.tls(forge.sslContext(), "github.com"))
          .isInstanceOf(IOException.class);
    }
    assertThat(requests()).isEmpty();
  }

  @Test
  void aConnectionServesOneRequestAfterTheOther() throws Exception {
    try (ProxyClient client = client("github.com")) {
      String one =
          "GET /acme/app/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: github.com\r\n";
      client.write(one + "\r\n");
      assertThat(client.ask(one)).containsSubsequence("HTTP/1.1 200 ", "HTTP/1.1 200 ");
    }
    assertThat(requests()).extracting(Request::authorized).containsExactly(false, true, true);
  }
}
