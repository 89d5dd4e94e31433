package dev.flakerelay.lock.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.net.PublicAddress;
import dev.flakerelay.nix.TestRules;
import dev.flakerelay.support.Answer;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.ForwardProxy;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchProxyTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final TestHttpServer canary = TestHttpServer.plain(request -> Answer.text(200, "tweet"));

  @AfterEach
  void stop() {
    canary.close();
  }

  @Test
  void leadsToWhatTheTargetItselfNames() throws Exception {
    String url = "http://127.0.0.1:" + canary.port() + "/a?b=c";
    try (FetchProxy proxy = start(lockOf(url), List.of(), Map.of(), 1 << 20)) {
      assertThat(get(proxy, url).body()).isEqualTo("tweet");
      assertThat(canary.requests()).singleElement().hasToString("GET 127.0.0.1/a?b=c");
      assertThat(proxy.breach()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:%d/",
        "http://localhost:%d/",
        "http://[::1]:%d/",
        "http://0.0.0.0:%d/",
        "http://2130706433:%d/",
        "http://0x7f000001:%d/",
        "http://127.1:%d/",
        "http://[::ffff:127.0.0.1]:%d/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://10.0.0.1/",
        "http://github.com.evil.example/",
        "http://github.com:%d/",
        "http://api.github.com:22/"
      })
  void refusesEverythingElse(String pattern) throws Exception {
    String url = pattern.formatted(canary.port());
    try (FetchProxy proxy = start(List.of("github.com", "api.github.com"))) {
      assertThat(raw(proxy, "GET " + url + " HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 403 Forbidden\r\n")
          .contains("which network.allow does not name");
      String authority = URI.create(url).getRawAuthority();
      assertThat(raw(proxy, "CONNECT " + authority + " HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 403 ");
      assertThat(proxy.breach()).get().asString().contains("network.allow");
      assertThat(canary.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "::1", "10.1.2.3", "169.254.169.254", "fd00:ec2::254", "100.64.0.9"})
  void refusesAnAllowedNameThatHasAnAddressOfThisMachineOrNetwork(String address) throws Exception {
    PublicAddress.Resolver resolver =
        host ->
            new InetAddress[] {
              InetAddress.ofLiteral("140.82.121.3"), InetAddress.ofLiteral(address)
            };
    try (FetchProxy proxy =
        FetchProxy.start(
            scope(
                FetchPolicy.of(
                    lockOf("https://other.example/"), TestRules.hosts(List.of("evil.example"))),
                OutboundNetwork.of(Map.of()),
                resolver),
            1 << 20)) {
      assertThat(raw(proxy, "CONNECT evil.example:443 HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 403 ")
          .contains("not one of the internet");
      assertThat(proxy.breach())
          .get()
          .asString()
          .contains("evil.example", "target's own flake.nix");
    }
  }

  @Test
  void saysWhichNameCouldNotBeResolvedWithoutGivingUpOnIt() throws Exception {
    PublicAddress.Resolver resolver =
        host -> {
          throw new UnknownHostException(host);
        };
    try (FetchProxy proxy =
        FetchProxy.start(
            scope(
                FetchPolicy.of(
                    lockOf("https://other.example/"), TestRules.hosts(List.of("github.com"))),
                OutboundNetwork.of(Map.of()),
                resolver),
            1 << 20)) {
      assertThat(raw(proxy, "CONNECT github.com:443 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 502 ");
      assertThat(proxy.breach()).isEmpty();
      assertThat(proxy.trouble()).contains("could not resolve github.com");
    }
  }

  @Test
  void goesThroughTheProxyOfTheEnvironment() throws Exception {
    try (ForwardProxy upstream = ForwardProxy.start();
        FetchProxy proxy =
            start(
                lockOf("http://own.example/"),
                List.of("github.com"),
                Map.of("http_proxy", upstream.url(), "https_proxy", upstream.url()),
                1 << 20)) {
      upstream.lead("own.example:80", canary.port());
      assertThat(get(proxy, "http://own.example/x").body()).isEqualTo("tweet");
      assertThat(raw(proxy, "CONNECT github.com:443 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 502 ");
      assertThat(proxy.trouble()).get().asString().contains("answered 403 for github.com:443");
      raw(proxy, "CONNECT evil.example:443 HTTP/1.1\r\n\r\n");
      assertThat(upstream.asked()).containsExactly("own.example:80", "github.com:443");
    }
  }

  @Test
  void carriesTls() throws Exception {
    try (TestForge forge = TestForge.start();
        FetchProxy proxy =
            start(
                lockOf("https://other.example/"),
                List.of("github.com"),
                forge.environment(),
                1 << 20);
        ProxyClient client = ProxyClient.of(proxy)) {
      client.connect("github.com:443").tls(forge.sslContext(), "github.com");
      assertThat(client.ask("GET /none HTTP/1.1\r\nHost: github.com\r\n"))
          .startsWith("HTTP/1.1 404");
      assertThat(forge.requests()).hasSize(1);
    }
  }

  /** Anybody on the machine could use it, and have a good update rejected. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Proxy-Authorization: Basic Zmxha2UtcmVsYXk6\r\n",
        "Proxy-Authorization: Bearer x\r\n",
        "Authorization: %s\r\n"
      })
  void answersNobodyWhoDoesNotKnowItsPassword(String field) throws Exception {
    String url = "http://127.0.0.1:" + canary.port() + "/";
    try (FetchProxy proxy = start(lockOf(url), List.of(), Map.of(), 100)) {
      String fields = field.formatted(ProxyClient.authorization(proxy)) + "\r\n";
      for (String request :
          List.of("CONNECT evil.example:443 HTTP/1.1\r\n", "GET " + url + " HTTP/1.1\r\n")) {
        for (int i = 0; i < 50; i++) {
          try (ProxyClient stranger = ProxyClient.of(proxy)) {
            stranger.write(request + fields);
            assertThat(stranger.rest()).startsWith("HTTP/1.1 407 ");
          }
        }
      }
      assertThat(canary.requests()).isEmpty();
      assertThat(proxy.breach()).isEmpty();
      assertThat(get(proxy, url).body()).isEqualTo("tweet");
    }
  }

  @Test
  void isNotFilledByThoseWhoSayNothing() throws Exception {
    String url = "http://127.0.0.1:" + canary.port() + "/";
    List<ProxyClient> silent = new ArrayList<>();
    try (FetchProxy proxy = start(lockOf(url), List.of(), Map.of(), 1 << 20)) {
      for (int i = 0; i < 200; i++) {
        silent.add(ProxyClient.of(proxy));
      }
      assertThat(get(proxy, url).body()).isEqualTo("tweet");
    } finally {
      for (ProxyClient each : silent) {
        each.close();
      }
    }
  }

  @Test
  void endsWhenMoreComesThanTheLimit() throws Exception {
    String text = "x".repeat(100_000);
    try (TestHttpServer large = TestHttpServer.plain(request -> Answer.text(200, text))) {
      String url = "http://127.0.0.1:" + large.port() + "/";
      try (FetchProxy proxy = start(lockOf(url), List.of(), Map.of(), 50_000)) {
        assertThatThrownBy(() -> get(proxy, url)).isInstanceOf(IOException.class);
        assertThat(proxy.breach()).get().asString().contains("more than 50000 bytes");
      }
    }
  }

  @Test
  void survivesGarbage() throws Exception {
    String url = "http://127.0.0.1:" + canary.port() + "/";
    try (FetchProxy proxy = start(lockOf(url), List.of(), Map.of(), 1 << 20)) {
      for (String garbage :
          List.of(
              "\r\n\r\n",
              "GET\r\n\r\n",
              "CONNECT \r\n\r\n",
              "CONNECT [::1 HTTP/1.1\r\n\r\n",
              "GET http://%zz/ HTTP/1.1\r\n\r\n",
              "GET / HTTP/1.1\r\n\r\n",
              "GET file:///etc/passwd HTTP/1.1\r\n\r\n",
              "POST " + url + " HTTP/1.1\r\nContent-Length: x\r\n\r\n",
              "POST " + url + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
        assertThat(raw(proxy, garbage)).startsWith("HTTP/1.1 4");
      }
      assertThat(raw(proxy, "A".repeat(70_000))).isEmpty();
      assertThat(get(proxy, url).body()).isEqualTo("tweet");
    }
  }

  @Test
  void leavesNothingOpenWhenItIsClosed() throws Exception {
    try (TestHttpServer silent = TestHttpServer.plain(request -> Answer.text(200, ""))) {
      silent.failNext(1, "/", new Fault.Silence());
      String url = "http://127.0.0.1:" + silent.port() + "/";
      FetchProxy proxy = start(lockOf(url), List.of(), Map.of(), 1 << 20);
      int port = URI.create(proxy.url()).getPort();
      try (Socket idle = connect(port);
          Socket waiting = connect(port)) {
        String request = withPassword(proxy, "GET " + url + " HTTP/1.1\r\n\r\n");
        waiting.getOutputStream().write(request.getBytes(UTF_8));
        Await.until(Duration.ofMinutes(1), () -> !silent.requests().isEmpty());
        proxy.close();
        assertThat(ended(idle)).isTrue();
        assertThat(ended(waiting)).isTrue();
        // A program that a test on another thread starts has a copy of the listener for a moment.
        Await.until(Duration.ofMinutes(1), () -> nobodyListensAt(port));
      }
    }
  }

  private static boolean nobodyListensAt(int port) {
    try (Socket _ = connect(port)) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean ended(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  private static FetchScope scope(
      FetchPolicy policy, OutboundNetwork network, PublicAddress.Resolver resolver) {
    KnownRepositories none = new KnownRepositories(List.of(), FlakeLock.empty(), TestRules.GITHUB);
    return new FetchScope(policy, network, resolver, List.of(), none);
  }

  private static FetchProxy start(List<String> allow) throws Exception {
    return start(lockOf("https://other.example/"), allow, Map.of(), 1 << 20);
  }

  private static FetchProxy start(
      FlakeLock lock, List<String> allow, Map<String, String> environment, long bytes)
      throws Exception {
    return FetchProxy.start(
        scope(
            FetchPolicy.of(lock, TestRules.hosts(allow)),
            OutboundNetwork.of(environment),
            PublicAddress.Resolver.SYSTEM),
        bytes);
  }

  private static FlakeLock lockOf(String url) throws Exception {
    return FlakeLock.parse(
        """
        {"version": 7, "root": "root", "nodes": {
          "root": {"inputs": {"a": "a"}},
          "a": {"original": {"type": "tarball", "url": "%1$s"}, "locked": {"type": "tarball", "url": "%1$s"}}}}
        """
            .formatted(url)
            .getBytes(UTF_8));
  }

  private static ProxySelector selector(FetchProxy proxy) {
    return ProxySelector.of(new InetSocketAddress(LOOPBACK, URI.create(proxy.url()).getPort()));
  }

  private static HttpResponse<String> get(FetchProxy proxy, String url) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().proxy(selector(proxy)).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(url))
              .timeout(Duration.ofMinutes(1))
              .header("Proxy-Authorization", ProxyClient.authorization(proxy))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(LOOPBACK, port);
  }

  private static String withPassword(FetchProxy proxy, String request) {
    return request.replaceFirst(
        "\r\n", "\r\nProxy-Authorization: " + ProxyClient.authorization(proxy) + "\r\n");
  }

  private static String raw(FetchProxy proxy, String request) throws IOException {
    try (Socket socket = connect(URI.create(proxy.url()).getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(withPassword(proxy, request).getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (SocketException reset) {
      return "";
    }
  }
}
