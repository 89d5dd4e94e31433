package dev.flakerelay.forge.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.forge.OpenProposal;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@OneAtATime
@Tag("slow")
class PullRequestsTest {
  private static final String TOKEN = "ghp_TopSecret";
  private static final String API = "api.github.com/repos/acme/tools/pulls";

  @TempDir Path folder;
  private TestForge forge;
  private final OutboundDefaults network = OutboundDefaults.keep();
  private PullRequests pulls;

  @BeforeEach
  void hostARepositoryWithABranch() throws Exception {
    forge = TestForge.start();
    network.lead(forge.environment());
    TestRepository repository = TestRepository.create(folder.resolve("tools"));
    repository.write("a", "a").commit("First");
    repository.branch("bump/x").write("a", "b").commit("Second");
    forge.hidden("github.com", "acme/tools", repository, TOKEN);
    pulls = open("https://github.com/acme/tools.git", TOKEN);
  }

  private static PullRequests open(String url, String token) {
    return new PullRequests(
        GitHubRepository.of(url).orElseThrow(), new Token(token), Deadline.NONE);
  }

  @AfterEach
  void stop() {
    pulls.close();
    network.close();
    forge.close();
  }

  /** It was said of every refusal that it wants the right to write pull requests. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "contents=write | contents: write",
        "pull_requests=write,contents=read; issues=write | pull_requests: write, contents: read",
        "<odd> | pull_requests: read",
        " | pull_requests: read",
      })
  void theMissingPermissionIsTheOneThatGitHubNames(String header, String named) {
    Map<String, String> headers =
        header == null ? Map.of() : Map.of("X-Accepted-GitHub-Permissions", header);
    assertThat(
            failure(
                new Fault.Status(
                    403, headers, "{\"message\":\"Resource not accessible by integration\"}")))
        .isInstanceOf(PermanentException.class)
        .hasMessageEndingWith("lacks the permission " + named);
  }

  @Test
  void aPullRequestIsOpenedFoundAndChanged() throws Exception {
    assertThat(pulls.find("bump/x", "main")).isEmpty();
    OpenProposal opened = pulls.create("bump/x", "main", "Title", "One\nTwo");
    assertThat(opened)
        .isEqualTo(
            new OpenProposal(
                1, "https://github.com/acme/tools/pull/1", "Title", "One\nTwo", List.of()));
    assertThat(pulls.find("bump/x", "main")).contains(opened);
    assertThat(pulls.find("main", "bump/x")).isEmpty();

    OpenProposal changed = pulls.change(opened, "Newer", "Three");
    assertThat(changed.number()).isEqualTo(1);
    assertThat(pulls.find("bump/x", "main")).contains(changed);
    assertThat(changed.says("Newer", "Three\r\n")).isTrue();
    assertThat(changed.says("Newer", "Four")).isFalse();
  }

  @Test
  void requestsAreWhatGitHubAsksFor() throws Exception {
    pulls.find("bump/x", "main");
    Request request = forge.requests().getLast();
    assertThat(request.header("Accept")).contains("application/vnd.github+json");
    assertThat(request.header("X-GitHub-Api-Version")).contains("2022-11-28");
    assertThat(request.header("User-Agent")).contains("flake-relay");
    assertThat(request.parameter("head")).contains("acme:bump/x");
    assertThat(forge.proxy().asked()).containsOnly("api.github.com:443");
  }

  @Test
  void whatGitHubRefusesIsToldInItsWords() {
    assertThatThrownBy(() -> pulls.create("missing", "main", "Title", "Body"))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("could not open a pull request on https://api.github.com")
        .hasMessageContaining("HTTP 422: Validation Failed");
  }

  @Test
  void aPullRequestThatWasOpenedMeanwhileIsFoundByALaterTry() throws Exception {
    pulls.create("bump/x", "main", "Title", "Body");
    assertThatThrownBy(() -> pulls.create("bump/x", "main", "Title", "Body"))
        .isInstanceOf(RetryableException.class);
  }

  @Test
  void aTokenThatMayNotSeeTheRepositoryIsNoReasonToRetry() {
    try (PullRequests others = open("https://github.com/acme/tools.git", "wrong")) {
      assertThatThrownBy(() -> others.find("bump/x", "main"))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("no such repository, or the token may not see it");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "301, PermanentException",
    "401, PermanentException",
    "403, PermanentException",
    "404, PermanentException",
    "422, PermanentException",
    "409, RetryableException",
    "429, RetryableException",
    "500, RetryableException",
    "502, RetryableException",
    "503, RetryableException",
  })
  void aStatusSaysWhetherToTryAgain(int status, String type) {
    String body = "{\"message\":\"Said by GitHub, with \\u0007 and " + TOKEN + "\"}";
    assertThat(failure(new Fault.Status(status, Map.of(), body)))
        .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(type))
        .hasMessageContaining("HTTP " + status + ": Said by GitHub, with and ***")
        .hasMessageNotContaining(TOKEN);
  }

  private JobException failure(Fault fault) {
    forge.failNext(1, API, fault);
    return catchThrowableOfType(JobException.class, () -> pulls.find("bump/x", "main"));
  }

  @Test
  void aRateLimitIsWaitedFor() {
    long reset = Instant.now().plusSeconds(300).getEpochSecond();
    Map<String, String> usedUp =
        Map.of("x-ratelimit-remaining", "0", "x-ratelimit-reset", Long.toString(reset));
    assertThat(wait(new Fault.Status(403, usedUp, "{\"message\":\"API rate limit exceeded\"}")))
        .isBetween(Duration.ofSeconds(240), Duration.ofSeconds(302));
    assertThat(wait(Fault.tooManyRequests(Duration.ofSeconds(7)))).isEqualTo(Duration.ofSeconds(7));
    assertThat(wait(new Fault.Status(403, Map.of("Retry-After", "30"), "{}")))
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(
            wait(
                new Fault.Status(
                    403, Map.of(), "{\"message\":\"You have exceeded a secondary rate limit\"}")))
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(wait(new Fault.Status(429, Map.of("Retry-After", "soon"), "")))
        .isEqualTo(Duration.ofMinutes(1));
  }

  /** Advice on permissions would lead away from what GitHub says. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Resource protected by organization SAML enforcement. You must grant your token access.",
        "Repository was archived so is read-only.",
        "Although you appear to have the correct authorization, the IP allow list is enabled"
      })
  void whatNoPermissionChangesIsToldAsItIs(String words) {
    assertThat(failure(new Fault.Status(403, Map.of(), "{\"message\":\"" + words + "\"}")))
        .isInstanceOf(PermanentException.class)
        .hasMessageEndingWith("HTTP 403: " + words);
  }

  @Test
  void ofAProxysPageTheWordsAreTold() {
    String page = "<html><head><title>Blocked</title></head><body>Ask the <b>network team</b>";
    assertThat(failure(new Fault.Status(502, Map.of("Content-Type", "text/html"), page)))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining("HTTP 502: Blocked: ")
        .hasMessageContaining("Ask the network team");
  }

  private Duration wait(Fault fault) {
    JobException failure = failure(fault);
    assertThat(failure).isInstanceOf(RetryableException.class);
    return ((RetryableException) failure).retryAfter().orElseThrow();
  }

  @Test
  void whatIsNoAnswerIsTriedAgain() {
    for (String body : new String[] {"<html>", "", "{}", "[{}]", "[{\"number\":\"x\"}]", "null"}) {
      assertThat(failure(new Fault.Status(200, Map.of(), body)))
          .as(body)
          .isInstanceOf(RetryableException.class);
    }
    assertThat(failure(new Fault.CutOff())).isInstanceOf(RetryableException.class);
    forge.close();
    assertThatThrownBy(() -> pulls.find("bump/x", "main")).isInstanceOf(RetryableException.class);
  }

  @Test
  void aServerThatStopsTalkingIsGivenUp() {
    forge.failNext(1, API, new Fault.Slow(Duration.ofMinutes(1)));
    try (GitHubApi impatient =
        GitHubApi.reading(new Token(TOKEN), Duration.ofSeconds(2), Deadline.NONE)) {
      URI address = URI.create("https://" + API);
      assertThatThrownBy(() -> impatient.get(address, "look at"))
          .isInstanceOf(RetryableException.class)
          .hasMessageContaining("no answer within 2 s");
    }
  }
}
