package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.JobException;
import dev.flakerelay.Relation;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is newer, older, beside or off the branch, whichever way it is found out. */
@OneAtATime
@Tag("slow")
class HistoriesTest {
  private static final String TOKEN = "ghp_0123456789";
  private static final String API = "api.github.com/repos/acme/app";
  private static final Revision UNKNOWN = new Revision("0123456789".repeat(4));

  /** Each line: the locked revision, the requested one, and how that relates. */
  private static final String TRUTH =
      """
      first   last    NEWER
      last    merged  OLDER
      merged  third   DIVERGED
      last    side    OFF_BRANCH
      last    unknown OFF_BRANCH
      unknown last    DIVERGED
      side    side    SAME
      last    first   OLDER
      third   merge   NEWER
      merged  last    NEWER
      third   merged  DIVERGED
      side    last    DIVERGED
      side    merged  DIVERGED
      last    dropped OFF_BRANCH
      dropped last    DIVERGED
      dropped first   DIVERGED
      """;

  /** Ways of finding it out. */
  enum Way {
    /** There is no token, so that only Git is asked. */
    GIT,
    /** GitHub compares. */
    API,
    API_THAT_LIMITS,
    API_THAT_FAILS,
    API_THAT_HIDES,
    API_THAT_RAMBLES,
    API_THAT_BREAKS_OFF;

    Optional<Fault> fault() {
      return switch (this) {
        case GIT, API -> Optional.empty();
        case API_THAT_LIMITS -> Optional.of(Fault.tooManyRequests(Duration.ofMinutes(10)));
        case API_THAT_FAILS -> Optional.of(Fault.status(500));
        case API_THAT_HIDES -> Optional.of(Fault.status(404));
        case API_THAT_RAMBLES ->
            Optional.of(new Fault.Status(200, Map.of(), "{\"status\":\"fine\"}"));
        case API_THAT_BREAKS_OFF -> Optional.of(new Fault.CutOff());
      };
    }
  }

  private final OutboundDefaults network = OutboundDefaults.keep();
  private final TestForge forge = TestForge.start();
  private final Path folder;
  private final TestRepository app;
  private final Map<String, Revision> commits = new LinkedHashMap<>();
  private int runs;

  /**
   * On main: first, second, third, a merge of {@code merged}, last. Not on main: side, and dropped,
   * which was main's head until it was taken off.
   */
  HistoriesTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    network.lead(forge.environment());
    app = TestRepository.create(folder.resolve("app"));
    commit("first");
    commit("second");
    app.branch("feature");
    commit("merged");
    app.branch("side");
    commit("side");
    app.checkout("main");
    commit("third");
    app.git("merge", "--quiet", "--no-ff", "--message", "merge", "feature");
    commits.put("merge", app.head("main"));
    commit("last");
    commit("dropped");
    app.git("branch", "--quiet", "kept-somewhere");
    app.git("reset", "--quiet", "--hard", "HEAD~1");
    commits.put("unknown", UNKNOWN);
  }

  private void commit(String name) {
    commits.put(name, app.write(name, name).commit(name));
  }

  @AfterEach
  void stop() {
    network.close();
    forge.close();
  }

  private Revision revision(String name) {
    return Optional.ofNullable(commits.get(name)).orElseThrow();
  }

  /** Asks in a run of its own. */
  private Relation relation(Way way, String locked, String requested) throws JobException {
    try (Histories histories = histories(way)) {
      return histories.relation(source(), job(), revision(locked), revision(requested));
    }
  }

  private Histories histories(Way way) {
    boolean isPublic = way == Way.GIT;
    if (isPublic) {
      forge.github("acme/app", app);
    } else {
      forge.hidden("github.com", "acme/app", app, TOKEN);
    }
    way.fault().ifPresent(fault -> forge.failNext(1, API + "/compare", fault));
    List<Secret> token = isPublic ? List.of() : List.of(new Secret(TOKEN));
    Path caches = folder.resolve("caches" + runs++);
    return new Histories(new Repositories(caches, SecretValues.fixed(token)), new Steps());
  }

  private static SourceBranch source() {
    return new SourceBranch("https://github.com/acme/app.git", Optional.of("main"));
  }

  private static Job job() {
    return new Job(
        "app",
        new TargetRef("https://github.com/acme/target.git", "main", "."),
        "app",
        Job.Wanted.commit(UNKNOWN),
        Job.Request.by(Job.Cause.DELIVERY, Instant.EPOCH),
        1);
  }

  private List<Request> requests(String where) {
    return forge.requests().stream()
        .filter(request -> (request.host() + request.path()).startsWith(where))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"GIT", "API"})
  void theTruthIsTheSameWhicheverWayItIsFoundOut(Way way) throws JobException {
    for (String line : TRUTH.lines().toList()) {
      isTrue(line, way);
    }
    for (String name : commits.keySet()) {
      try (Histories histories = histories(way)) {
        boolean on = !List.of("side", "dropped", "unknown").contains(name);
        assertThat(histories.hasOnBranch(source(), job(), revision(name))).as(name).isEqualTo(on);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"GIT", "API"},
      mode = EnumSource.Mode.EXCLUDE)
  void theTruthIsTheSameWhenGitHubsApiFails(Way way) throws JobException {
    for (String line : TRUTH.lines().limit(5).toList()) {
      isTrue(line, way);
    }
  }

  private void isTrue(String line, Way way) throws JobException {
    String[] row = line.split(" +", -1);
    assertThat(relation(way, row[0], row[1])).as(line).hasToString(row[2]);
  }

  @ParameterizedTest
  @CsvSource({"third, last, 1", "first, third, 2", "last, first, 2", "third, first, 3"})
  void gitHubIsAskedForLittleAndNothingIsFetched(String locked, String requested, int comparisons)
      throws JobException {
    relation(Way.API, locked, requested);

    assertThat(requests("github.com")).isEmpty();
    assertThat(requests(API + "/commits"))
        .as("once as anybody may")
        .extracting(Request::authorized)
        .containsExactly(false, true);
    assertThat(requests(API + "/compare"))
        .hasSize(comparisons)
        .allMatch(Request::authorized)
        .allMatch(request -> request.query().equals("per_page=1&page=2"));
  }

  @Test
  void noTokenIsShownForAPublicSource() throws JobException {
    try (Histories histories = histories(Way.API)) {
      forge.github("acme/app", app);
      assertThat(histories.relation(source(), job(), revision("first"), revision("third")))
          .isEqualTo(Relation.NEWER);
    }

    assertThat(requests(API)).hasSize(3).noneMatch(Request::authorized);
    assertThat(forge.requests()).noneMatch(Request::authorized);
  }

  /** A replica that has not heard of the newest push would have the newest revision refused. */
  @Test
  void whatGitHubWouldRefuseIsLookedUpOverGit() throws JobException {
    String old = revision("second").hex();
    forge.failNext(1, API + "/commits", new Fault.Status(200, Map.of(), old));

    assertThat(relation(Way.API, "third", "last")).isEqualTo(Relation.NEWER);
    assertThat(requests("github.com/acme/app.git")).isNotEmpty();
  }

  @Test
  void whoHasManyQuestionsReadsTheHistoryOnce() throws JobException {
    try (Histories histories = histories(Way.API)) {
      for (int i = 0; i < 10; i++) {
        Revision locked = revision(i % 2 == 0 ? "first" : "second");
        assertThat(histories.relation(source(), job(), locked, revision("third")))
            .isEqualTo(Relation.NEWER);
      }
    }
    assertThat(requests(API)).hasSizeLessThan(7);
    assertThat(requests("github.com/acme/app.git/git-upload-pack")).hasSizeLessThan(4);
  }

  @Test
  void aSourceOfAnotherHostOrForgeIsNotAskedByGitHubsApi() throws JobException {
    try (Histories histories = histories(Way.API)) {
      forge.plain("acme/app", app);
      SourceBranch elsewhere =
          new SourceBranch("https://" + TestForge.PLAIN_HOST + "/acme/app.git", Optional.empty());
      Revision last = revision("last");
      assertThat(histories.relation(elsewhere, job(), revision("first"), last))
          .isEqualTo(Relation.NEWER);
    }
    assertThat(forge.requests()).noneMatch(Request::authorized);
    assertThat(forge.proxy().asked()).containsOnly(TestForge.PLAIN_HOST + ":443");
  }
}
