package dev.flakerelay.forge.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.forge.FixedToken;
import dev.flakerelay.forge.Permission;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.AppKeys;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHubApps;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** An App and its tokens, as GitHub makes them. */
@Tag("slow")
@OneAtATime
class GitHubAppTest {
  private static final String TARGET = "https://github.com/acme/target.git";
  private static final String SOURCE = "https://github.com/other/source";
  private static final Map<String, String> ALL =
      Map.of("contents", "write", "pull_requests", "write", "statuses", "write", "checks", "read");

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final OutboundDefaults network = OutboundDefaults.keep();
  private TestForge forge;
  private GitHubApps apps;

  @BeforeEach
  void registerAnApp() throws Exception {
    forge = TestForge.start();
    network.lead(forge.environment());
    apps = forge.githubApps().register("1234", AppKeys.pair().getPublic());
  }

  @AfterEach
  void stop() {
    network.close();
    forge.close();
  }

  private GitHubApp app(String id, String key, List<Secret> token) {
    SecretValues keys = SecretValues.fixed(List.of(new Secret(key)));
    return new GitHubApp(
        new AppIdentity("github.com", id, keys, now::get),
        new FixedToken(SecretValues.fixed(token)));
  }

  private GitHubApp app() {
    return app("1234", AppKeys.pkcs1(AppKeys.pair()), List.of());
  }

  private static Access target(GitHubApp app) throws JobException {
    return app.target(TARGET, Permission.PUSH, Deadline.NONE).orElseThrow();
  }

  private long tokensAskedFor() {
    return forge.requests().stream().filter(each -> each.path().endsWith("access_tokens")).count();
  }

  @ParameterizedTest
  @EnumSource
  void aTokenIsForOneRepositoryAndForWhatIsToBeDone(Permission permission) throws Exception {
    apps.install("1234", ALL, "acme/target", "acme/other");

    Token token = app().target(TARGET, permission, Deadline.NONE).orElseThrow().token();

    assertThat(apps.issued())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(token.value()).isEqualTo(each.token());
              assertThat(each.repository()).isEqualTo("acme/target");
              assertThat(each.permissions()).isEqualTo(Installations.permissions(permission));
            });
  }

  @Test
  void aTokenIsKeptUntilTenMinutesBeforeItEnds() throws Exception {
    apps.install("1234", ALL, "acme/target");
    GitHubApp app = app();
    Token first = target(app).token();
    now.updateAndGet(time -> time.plus(Duration.ofMinutes(49)));
    apps.clockIsAhead(Duration.ofMinutes(49));
    assertThat(target(app).token()).isEqualTo(first);

    now.updateAndGet(time -> time.plus(Duration.ofMinutes(2)));
    apps.clockIsAhead(Duration.ofMinutes(51));
    assertThat(target(app).token()).isNotEqualTo(first);
    assertThat(tokensAskedFor()).isEqualTo(2);
  }

  @Test
  void aTokenThatIsNoLongerTakenIsMadeAnew() throws Exception {
    apps.install("1234", ALL, "acme/target");
    Access access = target(app());
    Token first = access.token();

    Token second = access.replacing(first).orElseThrow();
    assertThat(second).isNotEqualTo(first);
    assertThat(access.token()).isEqualTo(second);
  }

  /** GitHub's clock and this machine's are never quite the same. */
  @ParameterizedTest
  @CsvSource({"-55", "0", "530"})
  void clocksMayDiffer(int seconds) throws Exception {
    apps.install("1234", ALL, "acme/target");
    apps.clockIsAhead(Duration.ofSeconds(seconds));
    assertThat(target(app()).token().value()).startsWith("ghs_");
  }

  @Test
  void aClockThatIsWrongIsToldAndTheJobTriedAgain() {
    apps.clockIsAhead(Duration.ofHours(1));
    assertThatThrownBy(() -> target(app()))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining("'exp'")
        .hasMessageContaining("this machine's clock");
  }

  @Test
  void keysComeInSeveralForms() throws Exception {
    apps.install("1234", ALL, "acme/target");
    String pkcs1 = AppKeys.pkcs1(AppKeys.pair());
    for (String form :
        List.of(
            pkcs1,
            AppKeys.pkcs8(AppKeys.pair()),
            pkcs1.replace("\n", "\r\n"),
            pkcs1.replace("\n", "\\n"),
            pkcs1.replace("\n", " "))) {
      assertThat(target(app("1234", form, List.of())).token().value()).startsWith("ghs_");
    }
  }

  /** Whatever is wrong, the secret is mended and the job is still there. */
  @Test
  void whatIsNoKeyIsToldWithoutIt() {
    String right = AppKeys.pkcs1(AppKeys.pair());
    String middle = right.substring(100, 140);
    Map<String, String> wrong =
        Map.of(
            middle,
            "not a key in PEM",
            right.substring(0, 200),
            "not a key in PEM",
            right.replace(middle, ""),
            "not a whole RSA key",
            AppKeys.pem("OPENSSH PRIVATE KEY", middle.getBytes(StandardCharsets.US_ASCII)),
            "holds `OPENSSH PRIVATE KEY`",
            AppKeys.pem("PUBLIC KEY", AppKeys.pair().getPublic().getEncoded()),
            "holds `PUBLIC KEY`",
            AppKeys.pkcs8(AppKeys.pair("EC", 256)),
            "not a whole RSA key",
            AppKeys.pkcs8(AppKeys.pair("RSA", 1024)),
            "less than 2048 bits");
    wrong.forEach(
        (key, why) ->
            assertThatThrownBy(() -> target(app("1234", key, List.of())))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("secrets.github-app.key")
                .hasMessageContaining(why)
                .hasMessageNotContaining(middle));
  }

  @Test
  void anotherAppsKeyAndAnUnknownIdAreToldAndTheJobTriedAgain() {
    String other = AppKeys.pkcs8(AppKeys.pair("RSA", 2048));
    assertThatThrownBy(() -> target(app("1234", other, List.of())))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining("A JSON web token could not be decoded")
        .hasMessageContaining("check id and key of secrets.github-app");
    assertThatThrownBy(() -> target(app("99", other, List.of())))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining("Integration not found");
  }

  @Test
  void whereItIsNotInstalledItSaysSo() {
    assertThatThrownBy(() -> target(app()))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(TARGET)
        .hasMessageContaining("not installed");
  }

  @Test
  void whatIsNotGrantedIsNamed() {
    apps.install("1234", Map.of("contents", "read"), "acme/target");
    assertThatThrownBy(() -> target(app()).token())
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("The permissions requested are not granted to this installation")
        .hasMessageContaining("lacks the repository permission contents: write: grant");
    for (Permission permission : List.of(Permission.PROPOSE, Permission.REPORT, Permission.CHECK)) {
      assertThatThrownBy(
              () -> app().target(TARGET, permission, Deadline.NONE).orElseThrow().token())
          .as(permission.name())
          .hasMessageContaining(
              switch (permission) {
                case PROPOSE -> "permission contents: write, pull_requests: write: grant";
                case REPORT -> "permission statuses: write: grant";
                default -> "permission checks: read, statuses: read: grant";
              });
    }
    apps.suspend();
    assertThatThrownBy(() -> target(app()).token())
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("suspended");
  }

  @Test
  void whoAsksTooMuchWaits() {
    forge.failNext(
        1,
        "api.github.com/repos/acme/target/installation",
        Fault.tooManyRequests(Duration.ofSeconds(77)));
    assertThatThrownBy(() -> target(app()))
        .isInstanceOfSatisfying(
            RetryableException.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(77)));
  }

  @Test
  void aSourceWithoutTheAppIsAskedAsAnybodyMay() throws Exception {
    apps.install("1234", ALL, "acme/target");
    assertThat(app().source(SOURCE, TARGET, Permission.READ, Deadline.NONE)).isEmpty();
    apps.install("1234", Map.of("contents", "read"), "other/source");
    Access access = app().source(SOURCE, TARGET, Permission.READ, Deadline.NONE).orElseThrow();
    assertThat(apps.issued()).noneMatch(each -> each.token().isEmpty());
    assertThat(access.token().value()).startsWith("ghs_");
  }

  /** The token goes on to work where the App does not. */
  @Test
  void otherHostsAndRepositoriesAreOpenedByTheToken() throws Exception {
    GitHubApp app = app("1234", AppKeys.pkcs1(AppKeys.pair()), List.of(new Secret("ghp_x")));
    for (String url :
        List.of(TARGET, "https://git.example.org/a/b.git", "https://github.com.evil.org/a/b")) {
      assertThat(app.target(url, Permission.PUSH, Deadline.NONE)).contains(new Token("ghp_x"));
    }
    Optional<Access> none =
        app.source(
            "https://github.com/a/b", "https://gitlab.com/a/b", Permission.READ, Deadline.NONE);
    assertThat(none).isEmpty();
    assertThat(forge.requests()).allMatch(each -> each.host().equals("api.github.com"));
  }

  @Test
  void theAppShowsItselfInHeadersOnly() throws Exception {
    apps.install("1234", ALL, "acme/target");
    Token token = target(app()).token();
    assertThat(forge.requests().stream().map(Request::toString))
        .isNotEmpty()
        .noneMatch(each -> each.contains(token.value()) || each.contains("eyJ"));
    assertThat(target(app()).toString()).doesNotContain(token.value());
  }
}
