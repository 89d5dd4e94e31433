package dev.flakerelay.git.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.Token;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.RemoteHead;
import dev.flakerelay.git.TargetBranch;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.HostileGitServer;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.transport.URIish;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Git server leads nobody to this machine or its network, and to no other protocol. */
@OneAtATime
class RedirectsTest {
  private static final String NAMES = "/info/refs?service=git-upload-pack";

  @TempDir Path folder;
  private Revision head = new Revision("0".repeat(40));

  @BeforeEach
  void makeARepository() {
    head = TestRepository.create(folder.resolve("app")).write("a", "a").commit("First");
  }

  private static Revision ask(String url) throws JobException {
    return ask(url, Optional.empty());
  }

  private static Revision ask(String url, Optional<Token> token) throws JobException {
    return RemoteHead.of(new GitRemote(url, token), Optional.of("main"));
  }

  private void assertRefused(String location, String why) {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      server.failNext(1, "/app/.git/info/refs", Fault.redirect(location));
      assertThatExceptionOfType(PermanentException.class)
          .as(location)
          .isThrownBy(() -> ask(server.url("app/.git")))
          .withMessageStartingWith("could not ask for the head of " + server.url("app/.git"))
          .withMessageContaining(": 127.0.0.1 sent us to ")
          .withMessageContaining("which is not followed, as " + why);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://[::1], that address is not one of the internet",
    "https://[::ffff:127.0.0.1], that address is not one of the internet",
    "https://[::ffff:7f00:1], that address is not one of the internet",
    "https://[64:ff9b::7f00:1], that address is not one of the internet",
    "https://2130706433, that address is not one of the internet",
    "https://0x7f000001, that address is not one of the internet",
    "https://0x7f.1, that address is not one of the internet",
    "https://0177.0.0.1, that address is not one of the internet",
    "https://127.1, that address is not one of the internet",
    "https://127.0.0.2., that address is not one of the internet",
    "https://127.0.0.2, that address is not one of the internet",
    "https://0.0.0.0, that address is not one of the internet",
    "https://10.0.0.1, that address is not one of the internet",
    "https://192.168.1.1, that address is not one of the internet",
    "https://169.254.169.254/latest/meta-data, that address is not one of the internet",
    "https://[fd00:ec2::254], that address is not one of the internet",
    "https://user:password@10.0.0.1, that address is not one of the internet",
    "https://localhost, it has the address 127.0.0.1",
    "https://LOCALHOST, it has the address 127.0.0.1",
    "https://93.184.216.34:8443, its port is not 443",
    "https://github.com:22, its port is not 443",
    "http://github.com, it is not https",
    "HTTP://10.0.0.1, it is not https",
    "ftp://127.0.0.1, it is not https",
    "file:///etc, it is not https",
    "jar:file:/etc!, it is not https",
    "//10.0.0.1, it is not https"
  })
  void isNotFollowed(String place, String why) {
    assertRefused(place + NAMES, why);
  }

  /** It was asked once, blindly: a service of this machine need not answer to do harm. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void nothingIsSentToAnotherPortOfThisMachine(String scheme) throws Exception {
    try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String place = scheme + "://127.0.0.1:" + service.getLocalPort() + "/app/.git";
      assertRefused(place + NAMES, scheme.equals("http") ? "it is not https" : "its port is not");
      service.setSoTimeout(1);
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(service::accept);
    }
  }

  /** Of a request that carries something, too; and the second one of two. */
  @ParameterizedTest
  @ValueSource(strings = {"/app/.git/git-upload-pack", "/moved/.git/info/refs"})
  void laterOnesAreLookedAtAsWell(String path) {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      if (path.startsWith("/moved")) {
        server.failNext(1, "/app/.git/info/refs", Fault.redirect("/moved/.git" + NAMES));
      }
      server.failNext(9, path, Fault.redirect("https://10.0.0.1/app/.git" + NAMES));
      assertThatExceptionOfType(PermanentException.class)
          .isThrownBy(
              () ->
                  TargetBranch.fetch(
                      new GitRemote(server.url("app/.git"), Optional.empty()),
                      "main",
                      _ -> Set.of("a"),
                      folder.resolve("cache")))
          .withMessageContaining("sent us to https://10.0.0.1, which is not followed");
    }
  }

  @Test
  void anotherPathOfTheSameServerIsFollowed() throws Exception {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      server.failNext(1, "/old/.git/info/refs", Fault.redirect("/app/.git" + NAMES));
      assertThat(ask(server.url("old/.git"))).isEqualTo(head);
    }
  }

  /** Names are the proxy's to resolve; addresses and schemes stay ours. */
  @Test
  void anotherHostOfTheInternetIsFollowedWithoutTheToken() throws Exception {
    try (TestForge forge = TestForge.start();
        OutboundDefaults network = OutboundDefaults.keep()) {
      network.lead(forge.environment());
      TestRepository app = TestRepository.create(folder.resolve("moved")).write("a", "b");
      Revision moved = app.commit("First");
      forge.gitlab("acme/app", app);
      String old = TestForge.PLAIN_HOST + "/acme/app.git";
      Optional<Token> token = Optional.of(new Token("ghp_TopSecret"));
      forge.failNext(1, old, Fault.redirect("https://gitlab.com/acme/app.git" + NAMES));

      assertThat(ask("https://" + old, token)).isEqualTo(moved);
      assertThat(forge.requests()).noneMatch(Request::authorized);

      forge.failNext(1, old, Fault.redirect("http://gitlab.com/acme/app.git" + NAMES));
      assertThatExceptionOfType(PermanentException.class)
          .isThrownBy(() -> ask("https://" + old, token))
          .withMessageContaining("sent us to http://gitlab.com, which is not followed");
      forge.failNext(1, old, Fault.redirect("https://0x7f.1/acme/app.git" + NAMES));
      assertThatExceptionOfType(PermanentException.class)
          .isThrownBy(() -> ask("https://" + old, token))
          .withMessageContaining("sent us to https://0x7f.1, which is not followed");
      assertThat(forge.proxy().asked())
          .containsOnly(TestForge.PLAIN_HOST + ":443", "gitlab.com:443");
    }
  }

  /**
   * With another type than the one asked for JGit goes over to the old protocol, in which a server
   * names others to fetch from.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-git-receive-pack-advertisement",
        "application/x-git-odd-advertisement",
        "text/plain"
      })
  void theOldProtocolIsNotSpoken(String type) throws Exception {
    try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String names = HostileGitServer.COMMIT + "\trefs/heads/main\n";
      String other = "http://127.0.0.1:" + service.getLocalPort() + "/objects\n";
      HostileGitServer.Script answer =
          out ->
              out.write(
                  ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "
                          + type
                          + "\r\n\r\n"
                          + names
                          + other)
                      .getBytes(StandardCharsets.US_ASCII));
      try (HostileGitServer server = HostileGitServer.answering(answer, answer)) {
        assertThatExceptionOfType(RetryableException.class)
            .isThrownBy(() -> ask(server.url()))
            .withMessageContaining("the answer is not that of a Git server");
      }
      service.setSoTimeout(1);
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(service::accept);
    }
  }

  /** What a name is resolved to is looked at when it is connected to, however often it changes. */
  @Test
  void theAddressThatIsConnectedToIsTheOneThatIsLookedAt() throws Exception {
    Redirects redirects = new Redirects(new URIish("https://git.example.org/app.git"));
    URL url = redirects.guarded(URI.create("https://localhost/").toURL());

    assertThatExceptionOfType(Redirects.Refused.class)
        .isThrownBy(() -> url.openConnection(Proxy.NO_PROXY).connect());
    assertThat(redirects.refused().orElseThrow()).contains("which is not one of the internet");
  }
}
