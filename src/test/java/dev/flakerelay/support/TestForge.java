package dev.flakerelay.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * GitHub, GitLab, sourcehut and a plain Git host under their real names, on this machine: a forward
 * proxy leads the names to one TLS server whose certificate a test authority signed. A program that
 * runs with {@link #environment()} sees this little internet and no other.
 */
public final class TestForge implements AutoCloseable {
  /** A host that serves Git over HTTPS and has no API. */
  public static final String PLAIN_HOST = "git.example.org";

  /** A Forgejo server. */
  public static final String FORGEJO_HOST = "forgejo.example.org";

  private static final List<String> HOSTS =
      List.of(
          "github.com",
          "api.github.com",
          "codeload.github.com",
          "gitlab.com",
          "git.sr.ht",
          PLAIN_HOST,
          FORGEJO_HOST);

  /** Made once: keytool takes seconds. */
  private static final class Certificates {
    static final CertificateAuthority AUTHORITY = CertificateAuthority.forHosts(HOSTS);
  }

  private final GitHubForge github = new GitHubForge();
  private final Map<String, Forge> forges =
      Map.of(
          "github.com",
          github,
          "api.github.com",
          github,
          "codeload.github.com",
          github,
          "gitlab.com",
          new GitLabForge(),
          "git.sr.ht",
          new SourcehutForge(),
          PLAIN_HOST,
          new PlainGitForge(),
          FORGEJO_HOST,
          new ForgejoForge());
  private final TestHttpServer server;
  private final ForwardProxy proxy;
  private final Path certificate;

  private TestForge(Path certificate, ForwardProxy proxy) {
    this.certificate = certificate;
    this.server = TestHttpServer.tls(Certificates.AUTHORITY.serverContext(), this::answer);
    this.proxy = proxy;
    HOSTS.forEach(host -> proxy.lead(host + ":443", server.port()));
  }

  /** Starts server and proxy; the authority's certificate is kept in a temporary file. */
  public static TestForge start() {
    return behind(ForwardProxy.start());
  }

  /** Starts the server behind a proxy that knows no host yet. */
  public static TestForge behind(ForwardProxy proxy) {
    try {
      return new TestForge(
          Certificates.AUTHORITY.writePem(Files.createTempFile("test-ca", ".pem")), proxy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer answer(Request request) {
    Forge forge = forges.get(request.host());
    return forge == null ? Forge.notFound() : forge.answer(request);
  }

  /** Serves a repository as {@code github:owner/name}, public. */
  public TestForge github(String name, TestRepository repository) {
    return host("github.com", name, repository, Optional.empty());
  }

  /** Serves a repository as {@code gitlab:owner/name}, public. */
  public TestForge gitlab(String name, TestRepository repository) {
    return host("gitlab.com", name, repository, Optional.empty());
  }

  /** Serves a repository as {@code sourcehut:~owner/name}, public. */
  public TestForge sourcehut(String name, TestRepository repository) {
    return host("git.sr.ht", name, repository, Optional.empty());
  }

  /** Serves a repository as {@code git+https://git.example.org/name.git}, public. */
  public TestForge plain(String name, TestRepository repository) {
    return host(PLAIN_HOST, name, repository, Optional.empty());
  }

  /**
   * Serves a repository to those only who show a token; to others it is not there.
   *
   * @param host one of the forges' main hosts, such as {@code github.com}
   */
  public TestForge hidden(String host, String name, TestRepository repository, String token) {
    return host(host, name, repository, Optional.of(token));
  }

  /** What GitHub puts into the address of a private archive for those who show a token. */
  public static String ticket(String token) {
    return GitHubForge.ticket(token);
  }

  private TestForge host(
      String host, String name, TestRepository repository, Optional<String> token) {
    Forge forge = forges.get(host);
    if (forge == null) {
      throw new IllegalArgumentException("not one of the hosts: " + host);
    }
    forge.host(new HostedRepository(name, repository, token, github.apps()));
    return this;
  }

  /** Fails nothing any more. */
  public void noMoreFaults() {
    server.noMoreFaults();
  }

  /**
   * Fails the next requests of one kind.
   *
   * @param where the beginning of host and path, such as {@code github.com/owner} or {@code
   *     gitlab.com}
   */
  public void failNext(int times, String where, Fault fault) {
    server.failNext(times, where, fault);
  }

  /** Every request that came through, in order. */
  public List<Request> requests() {
    return server.requests();
  }

  /** How many bytes the bodies of all answers had so far. */
  public long bytesSent() {
    return server.bytesSent();
  }

  /** What was written to GitHub's API. */
  public GitHubRest githubRest() {
    return github.rest();
  }

  /** The GitHub Apps on github.com. */
  public GitHubApps githubApps() {
    return github.apps();
  }

  /** The Apps that are made on github.com. */
  public GitHubManifests githubManifests() {
    return github.manifests();
  }

  /** The way in; knows every host that was asked for. */
  public ForwardProxy proxy() {
    return proxy;
  }

  /** The authority's certificate as a PEM file. */
  public Path certificate() {
    return certificate;
  }

  /** The variables that lead another program here: proxy and certificate. */
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (String name : List.of("http_proxy", "https_proxy", "all_proxy")) {
      environment.put(name, proxy.url());
    }
    for (String name : List.of("NIX_SSL_CERT_FILE", "SSL_CERT_FILE", "GIT_SSL_CAINFO")) {
      environment.put(name, certificate.toString());
    }
    return Map.copyOf(environment);
  }

  /** For clients in this JVM: trusts the test authority and no other. */
  public SSLContext sslContext() {
    return Certificates.AUTHORITY.clientContext();
  }

  /** For clients in this JVM: everything goes through the proxy. */
  public ProxySelector proxySelector() {
    return ProxySelector.of(proxy.address());
  }

  @Override
  public void close() {
    proxy.close();
    server.close();
    try {
      Files.deleteIfExists(certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
