package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.Deadline;
import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.forge.github.GitHubRepository;
import dev.flakerelay.forge.github.PullRequests;
import dev.flakerelay.support.Answer;
import dev.flakerelay.support.CertificateAuthority;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.Reasons;
import dev.flakerelay.support.TestHttpServer;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;

/** What people are told where the JDK or a library tells it by the names of its classes. */
@OneAtATime
class ReasonsTest {
  private final OutboundDefaults network = OutboundDefaults.keep();

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    network.close();
  }

  private String fetchFails(String url) {
    JobException failure =
        catchThrowableOfType(
            JobException.class,
            () ->
                TargetBranch.fetch(
                    new GitRemote(url, Optional.empty()),
                    "main",
                    _ -> Set.of("a"),
                    folder.resolve("cache")));
    assertThat(failure).isInstanceOf(RetryableException.class);
    return Reasons.plain(failure.getMessage());
  }

  private static String apiFails(String host) {
    var repository = new GitHubRepository(URI.create("https://" + host + "/api/v3"), "a", "b");
    try (var pulls = new PullRequests(repository, new Token("t"), Deadline.NONE)) {
      JobException failure =
          catchThrowableOfType(JobException.class, () -> pulls.find("head", "base"));
      assertThat(failure).isInstanceOf(RetryableException.class);
      return Reasons.plain(failure.getMessage());
    }
  }

  @Test
  void aHostThatNobodyKnows() {
    assertThat(fetchFails("https://nowhere.invalid/a/b.git"))
        .contains("the host nowhere.invalid can't be found: check its name");
    assertThat(fetchFails("ssh://git@nowhere.invalid/a/b.git")).contains("nowhere.invalid");
    assertThat(apiFails("nowhere.invalid")).contains("the host nowhere.invalid can't be found");
  }

  @Test
  void aPortOnWhichNobodyListens() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String place = "127.0.0.1:" + port;

    assertThat(fetchFails("http://" + place + "/a.git"))
        .contains("nobody listens at " + place + " (Connection refused): check host and port");
    assertThat(fetchFails("ssh://git@" + place + "/a.git")).contains("127.0.0.1");
    assertThat(apiFails(place)).contains("nobody listens at 127.0.0.1");
  }

  @Test
  void aCertificateThatIsNotTrustedOrForAnotherName() throws IOException {
    CertificateAuthority authority = CertificateAuthority.forHosts(List.of("git.example.org"));
    try (TestHttpServer server =
        TestHttpServer.tls(authority.serverContext(), _ -> Answer.text(200, ""))) {
      String url = "https://127.0.0.1:" + server.port() + "/a.git";
      assertThat(fetchFails(url))
          .contains("the certificate of 127.0.0.1:" + server.port() + " is not trusted")
          .contains("SSL_CERT_FILE");
      assertThat(apiFails("127.0.0.1:" + server.port())).contains("is not trusted");

      Path own = authority.writePem(folder.resolve("ca.pem"));
      network.lead(Map.of("SSL_CERT_FILE", own.toString()));
      assertThat(fetchFails(url)).contains("is for another name");
    }
  }

  /** It was told as a repository that is not there. */
  @Test
  void aRepositoryOfAnotherUser() throws IOException {
    TestRepository work = TestRepository.create(folder.resolve("work"));
    work.write("a", "1").commit("First");
    Path bare = work.bareClone(folder.resolve("r.git")).directory();
    UserPrincipal other =
        bare.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    try {
      Files.setOwner(bare, other);
    } catch (IOException notRoot) {
      Assumptions.abort("only root can give a folder away");
    }

    assertThat(fetchFails("file://" + bare))
        .contains(bare + " belongs to the user nobody, and flake-relay runs as root")
        .contains("run flake-relay as nobody, or name the folder in safe.directory");
  }

  @Test
  void noRegionAndNoCredentialsOfAws() {
    var region = new AwsRegionProviderChain(() -> null);
    SdkException failure = catchThrowableOfType(SdkException.class, region::getRegion);
    assertThat(Reasons.plain(FailureText.of(failure)))
        .startsWith("no AWS region is set: name it in AWS_REGION");
    var credentials = AwsCredentialsProviderChain.of(SystemPropertyCredentialsProvider.create());
    SdkException none = catchThrowableOfType(SdkException.class, credentials::resolveCredentials);
    assertThat(Reasons.plain(FailureText.of(none))).startsWith("there are no AWS credentials");
  }

  @Test
  void filesOfThisMachine() {
    assertThat(FailureText.of(new AccessDeniedException("/d/x")))
        .isEqualTo("permission denied: /d/x");
    assertThat(FailureText.of(new NoSuchFileException("/d/x"))).isEqualTo("there is no /d/x");
    assertThat(FailureText.of(new IOException("java.net.Odd$Thing@1f2e3d: read failed")))
        .isEqualTo("read failed");
    assertThat(FailureText.of(new IOException())).isEqualTo("no reason was given");
  }
}
