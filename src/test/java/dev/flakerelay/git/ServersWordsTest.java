package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Reasons;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Git servers say over HTTP when they take or give nothing. */
class ServersWordsTest {
  private static final String TOKEN = "ghp_Secret0123456789";

  private final Path folder;
  private final GitHttpServer server;

  ServersWordsTest(@TempDir Path folder) {
    this.folder = folder;
    TestRepository person = TestRepository.create(folder.resolve("person"));
    person.write("a", "1").commit("First");
    person.bareClone(folder.resolve("target.git"));
    server = GitHttpServer.serving(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private TargetBranch fetched() throws JobException {
    GitRemote remote = new GitRemote(server.url("target.git"), Optional.of(new Token(TOKEN)));
    return TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache"));
  }

  private JobException fetchFails(Fault fault) {
    server.failNext(10, "/", fault);
    JobException failure = catchThrowableOfType(JobException.class, this::fetched);
    server.noMoreFaults();
    assertThat(failure).isNotNull();
    Reasons.plain(failure.getMessage());
    return failure;
  }

  private JobException pushFails(String where, Fault fault) throws JobException {
    try (TargetBranch branch = fetched()) {
      var change = new TargetBranch.Change(Map.of("a", new byte[] {'2'}), Map.of());
      var commit =
          branch.commit(
              change, "Second\n", new TargetBranch.Author("Relay", "r@h"), Optional.empty());
      server.failNext(10, where, fault);
      JobException failure =
          switch (branch.push(commit)) {
            case PushResult.Refused(var why) -> why;
            case PushResult.ServerInTrouble(var why) -> why;
            case PushResult other -> throw new AssertionError("" + other);
          };
      server.noMoreFaults();
      Reasons.plain(failure.getMessage());
      return failure;
    }
  }

  /** All of these were told as {@code git-upload-pack not permitted}, whatever the body said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          403 | The 'acme' organization has enabled or enforced SAML SSO. To access this repository, visit https://github.com/orgs/acme/sso?authorization_request=A1
          403 | This repository was archived so it is read-only.
          403 | Permission to acme/target.git denied to relay.
          403 | Write access to repository not granted.
          403 | Your account is suspended. Please check your email.
          403 | remote: You are not allowed to push code to this project.
          451 | Repository unavailable due to DMCA takedown.
          404 | The project you were looking for could not be found or you don't have permission to view it.
          """)
  void aRefusalIsToldInTheServersWords(int status, String words) throws Exception {
    Fault plain = new Fault.Status(status, Map.of(), words + "\n");
    Fault json =
        new Fault.Status(
            status,
            Map.of("Content-Type", "application/json"),
            "{\"message\":\"" + words + "\",\"documentation_url\":\"https://docs\"}");
    for (JobException failure :
        new JobException[] {
          fetchFails(plain),
          fetchFails(json),
          pushFails("/target.git/info/refs", plain),
          pushFails("/target.git/git-receive-pack", json)
        }) {
      assertThat(failure).isInstanceOf(PermanentException.class).hasMessageContaining(words);
    }
  }

  @Test
  void aTokenThatIsNoneAnyMoreIsToldInTheServersWords() throws Exception {
    String words = "Support for password authentication was removed on August 13, 2021.";
    Fault fault = new Fault.Status(401, Map.of("WWW-Authenticate", "Basic realm=r"), words);

    assertThat(fetchFails(fault)).hasMessageContaining(words);
    assertThat(pushFails("/target.git/info/refs", fault))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(words);
  }

  /** Each ended rejected. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          403 | Retry-After: 90                                    | You have exceeded a secondary rate limit. | 90
          403 |                                                    | You have exceeded a secondary rate limit. | 60
          403 |                                                    | You have triggered an abuse detection mechanism. | 60
          403 | X-RateLimit-Remaining: 0                           | Forbidden | 60
          403 | X-RateLimit-Remaining: 0, X-RateLimit-Reset: +300  | API rate limit exceeded | 300
          429 | RateLimit-Remaining: 0, RateLimit-Reset: +120      | Retry later | 120
          429 | RateLimit-Remaining: 0, RateLimit-Reset: 45        | Retry later | 45
          429 | RateLimit: \"default\";r=0;t=30                    | slow down | 30
          429 |                                                    | Retry later | 60
          429 | X-RateLimit-NearLimit: true                        | Rate limit for this resource has been exceeded | 60
          503 | Retry-After: 120                                   | maintenance | 120
          503 |                                                    | Request was blocked due to exceeding usage of resource | 60
          """)
  void aRateLimitIsWaitedForAsAsked(int status, String headers, String words, long seconds)
      throws Exception {
    Map<String, String> named = new HashMap<>();
    for (String header : headers == null ? new String[0] : headers.split(", ", -1)) {
      String value = header.substring(header.indexOf(": ") + 2).replace("\\\"", "\"");
      String time =
          value.startsWith("+")
              ? "" + (Instant.now().getEpochSecond() + Long.parseLong(value.substring(1)))
              : value;
      named.put(header.substring(0, header.indexOf(": ")), time);
    }
    Fault fault = new Fault.Status(status, named, words);
    for (JobException failure :
        new JobException[] {
          fetchFails(fault),
          pushFails("/target.git/info/refs", fault),
          pushFails("/target.git/git-receive-pack", fault)
        }) {
      assertThat(failure).isInstanceOf(RetryableException.class).hasMessageContaining(words);
      Duration wait = ((RetryableException) failure).retryAfter().orElseThrow();
      assertThat(wait)
          .isBetween(
              Duration.ofSeconds(Math.max(1, seconds - 30)), Duration.ofSeconds(seconds + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 520, 408})
  void aServerInTroubleIsToldInItsWordsAndAskedAgain(int status) throws Exception {
    String page =
        "<!DOCTYPE html><html><head><title>Unicorn!</title><style>p {color: red}</style></head>"
            + "<body><!-- hidden --><p>We had issues producing the response to your request.</p>"
            + "<script>alert('x')</script>Sorry &amp; thanks</body></html>";
    Fault fault = new Fault.Status(status, Map.of("Content-Type", "text/html"), page);

    assertThat(fetchFails(fault)).isInstanceOf(RetryableException.class);
    assertThat(pushFails("/target.git/git-receive-pack", fault))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining(
            "HTTP "
                + status
                + ": Unicorn!: We had issues producing the response to your request. Sorry &"
                + " thanks")
        .hasMessageNotContaining("alert")
        .hasMessageNotContaining("<");
  }

  @Test
  void ofALongAnswerTheBeginningIsToldAndNoTokenAndNoControlCharacter() {
    String body = "\u001b[2Jno " + TOKEN + " here\n" + "x".repeat(3_000_000);

    assertThat(fetchFails(new Fault.Status(403, Map.of(), body)).getMessage())
        .contains("no *** here xxx")
        .doesNotContain(TOKEN, "\u001b")
        .hasSizeLessThan(900);
  }

  @Test
  void aBodyThatNeverEndsHoldsUpNobody() {
    String half = "{\"message\":\"half";

    assertThat(fetchFails(new Fault.Status(403, Map.of(), half)))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("HTTP 403");
  }
}
